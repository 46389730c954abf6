-- Each domain of an address that somebody has or is to get, once.
SELECT DISTINCT split_part(every.email, '@', 2) AS domain
FROM (
    SELECT u.email FROM pg_temp.lobechat_users u
    UNION ALL
    SELECT p.new_email FROM pg_temp.plan_users p
) AS every
WHERE every.email LIKE '%@%';
