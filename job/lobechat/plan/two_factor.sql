-- The plan for two_factor: a user has one second factor; one that LobeChat already has stays, unless it is still as the
-- job last wrote it, or in the clear, as the guide's script left it.
INSERT INTO pg_temp.plan_two_factor (id, user_id, secret, backup_codes, batch, action, existing_id, version)
SELECT DISTINCT ON (s.id)
    s.id, s.user_id, s.secret, s.backup_codes,
    p.batch,
    CASE
        -- AUTH_SECRET is missing this time: what is encrypted stays so.
        WHEN existing.id = s.id AND s.codes IS NULL
            THEN 'unchanged'
        WHEN (existing.secret, existing.backup_codes) IS NOT DISTINCT FROM (s.secret, s.backup_codes)
            THEN 'unchanged'
        WHEN existing.id IS NULL
            THEN CASE WHEN s.id IN (SELECT l.id FROM pg_temp.last_written_two_factor l)
                      THEN 'changed_since' ELSE 'insert' END
        WHEN existing.id = s.id
            AND (s.id, sha256(convert_to(ROW(existing.secret, existing.backup_codes)::text, 'UTF8')))
                IN (SELECT l.id, l.fingerprint FROM pg_temp.last_written_two_factor l)
            THEN 'update'
        WHEN existing.id = s.id AND existing.secret = s.source_secret AND s.codes IS NOT NULL
            THEN 'update'
        WHEN s.id IN (SELECT l.id FROM pg_temp.last_written_two_factor l)
            THEN 'changed_since'
        ELSE 'unchanged'
        END::pg_temp.row_action,
    existing.id,
    existing.version
FROM pg_temp.staged_two_factor s
JOIN pg_temp.users_in_scope p ON p.id = s.user_id
LEFT JOIN pg_temp.lobechat_two_factor existing ON existing.user_id = s.user_id
ORDER BY s.id, existing.id = s.id DESC NULLS LAST;
