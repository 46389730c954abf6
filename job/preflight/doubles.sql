-- Rows of accounts that there should be one of: two credentials of a user, or two links to one account of a provider.
-- `ours`: verify would fail for them, because their user is in scope or because this job wrote one of them.
SELECT 'credential' AS kind,
       min(a.user_id) AS user_id,
       string_agg(a.id, ', ' ORDER BY a.created_at, a.id) AS row_ids,
       bool_or(p.id IS NOT NULL OR l.id IS NOT NULL) AS ours
FROM pg_temp.lobechat_accounts a
LEFT JOIN pg_temp.users_in_scope p ON p.id = a.user_id
LEFT JOIN pg_temp.last_written_accounts l ON l.id = a.id
WHERE a.provider_id = 'credential'
GROUP BY a.user_id
HAVING count(*) > 1
UNION ALL
SELECT 'link',
       string_agg(DISTINCT a.user_id, ', '),
       string_agg(a.id, ', ' ORDER BY a.created_at, a.id),
       bool_or(p.id IS NOT NULL OR l.id IS NOT NULL)
FROM pg_temp.lobechat_accounts a
LEFT JOIN pg_temp.users_in_scope p ON p.id = a.user_id
LEFT JOIN pg_temp.last_written_accounts l ON l.id = a.id
WHERE a.provider_id <> 'credential'
GROUP BY a.provider_id, a.account_id
HAVING count(*) > 1
ORDER BY 4 DESC, 1, 2
