-- What several statements of the plan, the batches and verify mean by the same words.

-- Clerk's users that this plan is about: all of them, or those alone whom LobeChat changed meanwhile.
CREATE TEMPORARY VIEW users_to_plan AS
SELECT s.*
FROM pg_temp.staged_users s
WHERE NOT EXISTS (SELECT FROM pg_temp.plan_scope)
   OR EXISTS (SELECT FROM pg_temp.plan_scope one WHERE one.id = s.id);

-- Users whose rows the plan may write: not left out for a clash, not skipped, not deleted in LobeChat since.
CREATE TEMPORARY VIEW users_in_scope AS
SELECT p.*
FROM pg_temp.plan_users p
WHERE p.action NOT IN ('conflict', 'skipped') AND p.row_action <> 'deleted';

-- Users whose batch has something to do: a row to write, or one to remember in the ledger.
CREATE TEMPORARY VIEW users_to_write AS
SELECT p.*
FROM pg_temp.plan_users p
WHERE p.action IN ('insert', 'update')
   OR (p.action IN ('unchanged', 'changed_since') AND p.row_action <> 'deleted' AND NOT p.logged);

-- LobeChat's users with their address as a sign-in looks it up.  Odd ones were normalised as JavaScript does it; what is
-- plain ASCII, or was written since, needs no more than C's lower(), whatever the database's locale.
CREATE TEMPORARY VIEW users_in_lobechat AS
SELECT u.*,
    CASE WHEN odd.user_id IS NOT NULL AND odd.email IS NOT NULL THEN odd.email
         ELSE nullif(lower(btrim(u.email, E' \t\n\r') COLLATE "C"), '') END AS matched_email
FROM pg_temp.lobechat_users u
LEFT JOIN pg_temp.staged_addresses odd ON odd.user_id = u.id AND odd.email_was = u.email;

-- Whether an avatar lies at Clerk, where it is gone with the Clerk instance.
CREATE FUNCTION pg_temp.served_by_clerk(avatar text) RETURNS boolean LANGUAGE sql IMMUTABLE
    RETURN avatar LIKE 'https://img.clerk.com/%' OR avatar LIKE 'https://images.clerk.com/%'
        OR avatar LIKE 'https://img.clerk.dev/%' OR avatar LIKE 'https://images.clerk.dev/%';
