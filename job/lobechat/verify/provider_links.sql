-- Links by provider, those that the plan adds included.
SELECT every.provider_id, count(*) AS links
FROM (
    SELECT a.provider_id FROM pg_temp.lobechat_accounts a WHERE a.provider_id <> 'credential'
    UNION ALL
    SELECT a.provider_id FROM pg_temp.plan_accounts a WHERE a.action = 'insert' AND a.provider_id <> 'credential'
) AS every
GROUP BY every.provider_id
ORDER BY links DESC, every.provider_id;
