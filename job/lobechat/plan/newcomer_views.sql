-- Late rescue: newcomers, the users whom LobeChat 2 made for people who had an account already.

-- Newcomers whom this plan joins with their old selves: nobody while the old self is left out.
CREATE TEMPORARY VIEW newcomers_to_join AS
SELECT n.*
FROM pg_temp.plan_newcomers n
JOIN pg_temp.users_in_scope p ON p.id = n.user_id
WHERE n.reason IS NULL;

-- Every newcomer who has been joined, or will be.
CREATE TEMPORARY VIEW joined_newcomers AS
SELECT n.id, n.user_id FROM pg_temp.newcomers_to_join n
UNION
SELECT l.id, l.user_id FROM pg_temp.ledger_newcomers l;

-- LobeChat's accounts as they are once the plan's newcomers are joined.
CREATE TEMPORARY VIEW accounts_to_be AS
SELECT
    a.id,
    CASE WHEN moved.id IS NULL THEN a.user_id ELSE moved.user_id END AS user_id,
    a.provider_id,
    CASE WHEN moved.id IS NULL OR a.provider_id <> 'credential' THEN a.account_id ELSE moved.user_id END AS account_id,
    a.scope, a.password, a.created_at, a.updated_at, a.version,
    moved.id IS NOT NULL AS moved
FROM pg_temp.lobechat_accounts a
LEFT JOIN (
    SELECT m.id, m.user_id
    FROM pg_temp.plan_newcomer_accounts m
    JOIN pg_temp.users_in_scope p ON p.id = m.user_id
) AS moved ON moved.id = a.id;

-- Clerk's accounts that an earlier run wrote, or found among what a newcomer brought: one that is gone from the user, or
-- belongs to somebody else by now, was removed or given away in LobeChat.
CREATE TEMPORARY VIEW accounts_given_before AS
SELECT l.id FROM pg_temp.last_written_accounts l
UNION
SELECT s.id
FROM pg_temp.last_written_accounts l
JOIN pg_temp.staged_accounts s
    ON s.user_id = l.user_id AND s.provider_id = l.old ->> 'provider_id'
    AND (s.account_id = l.old ->> 'account_id' OR s.provider_id = 'credential')
WHERE l.old ->> 'user_id' <> l.user_id;

-- Which of these users have anything of their own.  What LobeChat makes by itself for everybody does not count: the
-- sign-in's own rows, settings, the list of model providers, and the agents of these slugs.
CREATE FUNCTION pg_temp.users_with_own_rows(user_ids text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    reference record;
BEGIN
    FOR reference IN SELECT r.table_name, r.column_name FROM pg_temp.references_to_users r LOOP
        CONTINUE WHEN reference.table_name::text
            IN ('public.accounts', 'public.auth_sessions', 'public.user_settings', 'public.ai_providers');
        RETURN QUERY EXECUTE format(
            'SELECT DISTINCT t.%2$I::text FROM %1$s t WHERE t.%2$I = ANY ($1)%3$s',
            reference.table_name, reference.column_name,
            CASE WHEN reference.table_name::text = 'public.agents'
                 THEN ' AND (t.slug IS NULL OR t.slug NOT IN (''inbox'', ''page-agent'', ''agent-builder''))' END)
            USING user_ids;
    END LOOP;
END
$$;
