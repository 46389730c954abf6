-- The plan for accounts: which links and passwords are made, which follow Clerk, which stay as they are.
-- s: the row as Clerk has it; existing: LobeChat's row for the same user, under any id: the same (provider, account), or
-- the user's credential.  It stays, unless it is still as the job last wrote it, or holds what the guide's script left.
INSERT INTO pg_temp.plan_accounts (
    id, user_id, provider_id, account_id, scope, password, created_at, updated_at,
    batch, action, existing_id, version
)
SELECT DISTINCT ON (s.id)
    s.id, s.user_id, s.provider_id, s.account_id, s.scope, s.password,
    timestamp 'epoch' + s.created_at_ms * interval '1 millisecond',
    timestamp 'epoch' + s.updated_at_ms * interval '1 millisecond',
    p.batch,
    CASE
        WHEN existing.moved -- a newcomer's, which is the person's latest
            THEN 'unchanged'
        WHEN (existing.provider_id, existing.account_id, existing.scope, existing.password)
            IS NOT DISTINCT FROM (s.provider_id, s.account_id, s.scope, s.password)
            THEN 'unchanged'
        -- What the job last wrote is asked for last, and so not at all where nothing changed.
        WHEN existing.id IS NULL
            THEN CASE WHEN s.id IN (SELECT l.id FROM pg_temp.accounts_given_before l)
                      THEN 'changed_since' ELSE 'insert' END
        WHEN existing.id = s.id AND (
                s.id,
                sha256(convert_to(ROW(existing.provider_id, existing.account_id, existing.scope, existing.password)::text,
                    'UTF8'))
            ) IN (SELECT l.id, l.fingerprint FROM pg_temp.last_written_accounts l)
            THEN 'update'
        -- The guide's script left the very digest that Clerk has ($2y$), which LobeChat cannot check ...
        WHEN existing.provider_id = 'credential' AND existing.password = s.source_password
            THEN 'update'
        -- ... or Clerk's name of a provider.
        WHEN existing.id = s.id AND existing.account_id = s.account_id AND existing.provider_id <> s.provider_id
            THEN 'update'
        WHEN s.id IN (SELECT l.id FROM pg_temp.last_written_accounts l)
            THEN 'changed_since'
        ELSE 'unchanged'
        END::pg_temp.row_action,
    existing.id,
    existing.version
FROM pg_temp.staged_accounts s
JOIN pg_temp.users_in_scope p ON p.id = s.user_id
LEFT JOIN pg_temp.accounts_to_be existing
    ON existing.user_id = s.user_id AND (
        (existing.provider_id = s.provider_id
            AND (existing.account_id = s.account_id OR s.provider_id = 'credential'))
        OR existing.id = s.id)
-- A user can have several rows that fit one of Clerk's; the closest decides.
ORDER BY s.id, existing.id = s.id DESC NULLS LAST;

-- The rows that newcomers bring with them stay as they are but for their user.
INSERT INTO pg_temp.plan_accounts (
    id, user_id, provider_id, account_id, scope, password, created_at, updated_at,
    batch, action, existing_id, version
)
SELECT
    a.id, a.user_id, a.provider_id, a.account_id, a.scope, a.password, a.created_at, a.updated_at,
    p.batch, 'update', a.id, a.version
FROM pg_temp.accounts_to_be a
JOIN pg_temp.users_in_scope p ON p.id = a.user_id
WHERE a.moved;
