-- What moves from a newcomer to the old self: every link that is nobody else's, and the latest password, unless the old self
-- has one in LobeChat already.
INSERT INTO pg_temp.plan_newcomer_accounts (id, user_id)
SELECT a.id, n.user_id
FROM pg_temp.newcomers_to_join n
JOIN pg_temp.lobechat_accounts a ON a.user_id = n.id
WHERE a.provider_id <> 'credential'
  AND NOT EXISTS (
      SELECT FROM pg_temp.lobechat_accounts other
      WHERE other.provider_id = a.provider_id AND other.account_id = a.account_id AND other.id <> a.id)
UNION ALL
SELECT latest.id, latest.user_id
FROM (
    SELECT DISTINCT ON (n.user_id) a.id, n.user_id
    FROM pg_temp.newcomers_to_join n
    JOIN pg_temp.lobechat_accounts a ON a.user_id = n.id
    WHERE a.provider_id = 'credential' AND a.password IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM pg_temp.lobechat_accounts own WHERE own.user_id = n.user_id AND own.provider_id = 'credential')
    ORDER BY n.user_id, a.updated_at DESC, a.id
) AS latest;
