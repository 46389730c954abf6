-- Rows of accounts that there should be one of: two credentials of a user, or two links to one account of a provider.
-- `ours`: verify would fail for them, because their user is in scope or because this job wrote one of them.
WITH keyed AS (
    SELECT a.id, a.user_id, a.created_at, a.provider_id,
           CASE WHEN a.provider_id = 'credential' THEN a.user_id ELSE a.account_id END AS key
    FROM pg_temp.lobechat_accounts a
), doubled AS (
    SELECT k.provider_id, k.key
    FROM keyed k
    GROUP BY k.provider_id, k.key
    HAVING count(*) > 1
)
SELECT CASE WHEN k.provider_id = 'credential' THEN 'credential' ELSE 'link' END AS kind,
       string_agg(DISTINCT k.user_id, ', ') AS user_ids,
       string_agg(k.id, ', ' ORDER BY k.created_at, k.id) AS row_ids,
       -- what an earlier run of the job made beside a row of LobeChat's
       CASE WHEN bool_or(l.id IS NULL)
            THEN string_agg(k.id, ', ' ORDER BY k.id) FILTER (WHERE l.id IS NOT NULL) END AS job_row_ids,
       bool_or(p.id IS NOT NULL OR l.id IS NOT NULL) AS ours
FROM doubled d
JOIN keyed k ON k.provider_id = d.provider_id AND k.key = d.key
LEFT JOIN pg_temp.users_in_scope p ON p.id = k.user_id
LEFT JOIN pg_temp.last_written_accounts l ON l.id = k.id
GROUP BY k.provider_id, k.key
ORDER BY ours DESC, kind, user_ids
