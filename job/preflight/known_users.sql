-- LobeChat's users that came from Clerk, and how many of them Clerk knows; those that this job made do not count.
SELECT count(*) AS total, count(s.id) AS known
FROM pg_temp.lobechat_users u
LEFT JOIN pg_temp.staged_users s ON s.id = u.id AND s.in_api
WHERE (u.clerk_created_at IS NOT NULL OR u.id ~ '^user_[0-9A-Za-z]{27}$')
  AND NOT EXISTS (SELECT FROM pg_temp.ledger_users l WHERE l.id = u.id AND l.action = 'insert')
