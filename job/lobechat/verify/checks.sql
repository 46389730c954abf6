-- Every check of verify, in one statement: its name, the number of offending rows, and up to ten of their users.  A check
-- that passes has no row here.  What each promises in words is in checks.py.  Beside them `changed_since`: the users of
-- whom a row that the ledger tells of was changed, moved or deleted since.

-- Rows that are not as the job last wrote them: of_this_run: this run wrote it last; missing: it is gone, or another
-- user's; unwritten_since: nobody wrote it after the batch.  A value that LobeChat had changed before stayed as it was.
WITH differing AS MATERIALIZED (
    SELECT 'users' AS table_name, l.id AS user_id,
        b.run_id = run.run_id AS of_this_run,
        u.id IS NULL AS missing,
        u.version = b.transaction_id::xid AND l.action IN ('insert', 'update') AND NOT coalesce(l.kept_in_lobechat, false)
            AS unwritten_since
    FROM pg_temp.run
    CROSS JOIN pg_temp.last_written_users l
    LEFT JOIN pg_temp.ledger_batches b ON b.id = l.batch_id
    LEFT JOIN pg_temp.lobechat_users u ON u.id = l.id
    WHERE u.id IS NULL OR (
        u.email, u.email_verified, u.username, u.first_name, u.last_name, u.full_name, u.avatar, u.phone,
        u.phone_number_verified, u.role, u.banned, u.ban_reason, u.ban_expires, u.two_factor_enabled,
        u.clerk_created_at
    ) IS DISTINCT FROM (
        l.new_email, l.new_email_verified, l.new_username, l.new_first_name, l.new_last_name, l.new_full_name,
        l.new_avatar, l.new_phone, l.new_phone_number_verified, l.new_role, l.new_banned, l.new_ban_reason,
        l.new_ban_expires, l.new_two_factor_enabled, l.new_clerk_created_at)
    UNION ALL
    SELECT 'accounts', l.user_id, b.run_id = run.run_id, a.user_id IS DISTINCT FROM l.user_id,
        a.version = b.transaction_id::xid
    FROM pg_temp.run
    CROSS JOIN pg_temp.last_written_accounts l
    LEFT JOIN pg_temp.ledger_batches b ON b.id = l.batch_id
    LEFT JOIN pg_temp.lobechat_accounts a ON a.id = l.id
    WHERE a.user_id IS DISTINCT FROM l.user_id OR l.fingerprint IS DISTINCT FROM
        sha256(convert_to(ROW(a.provider_id, a.account_id, a.scope, a.password)::text, 'UTF8'))
    UNION ALL
    SELECT 'two_factor', l.user_id, b.run_id = run.run_id, t.user_id IS DISTINCT FROM l.user_id,
        t.version = b.transaction_id::xid
    FROM pg_temp.run
    CROSS JOIN pg_temp.last_written_two_factor l
    LEFT JOIN pg_temp.ledger_batches b ON b.id = l.batch_id
    LEFT JOIN pg_temp.lobechat_two_factor t ON t.id = l.id
    WHERE t.user_id IS DISTINCT FROM l.user_id
       OR l.fingerprint IS DISTINCT FROM sha256(convert_to(ROW(t.secret, t.backup_codes)::text, 'UTF8'))
)
SELECT found.name, count(*) AS offending_rows, (array_agg(found.user_id ORDER BY found.user_id))[1:10] AS examples
FROM (
    -- The plan is made once more from Clerk's users: where everything arrived, nothing is left to write.
    SELECT 'users.complete' AS name, p.id AS user_id
    FROM pg_temp.users_in_scope p
    WHERE p.row_action IN ('insert', 'update')
    UNION ALL
    SELECT 'accounts.complete', a.user_id
    FROM pg_temp.plan_accounts a
    WHERE a.action IN ('insert', 'update')
    UNION ALL
    SELECT 'two_factor.complete', t.user_id
    FROM pg_temp.plan_two_factor t
    WHERE t.action IN ('insert', 'update')

    -- What would bar a sign-in, in the rows of users in scope and in those that the job wrote.  Doubles of others were
    -- there before, and are named as findings.
    UNION ALL
    SELECT 'accounts.linked_once', min(a.user_id)
    FROM pg_temp.lobechat_accounts a
    JOIN (
        SELECT provider_id, account_id FROM pg_temp.lobechat_accounts
        WHERE provider_id <> 'credential' GROUP BY provider_id, account_id HAVING count(*) > 1
    ) AS double USING (provider_id, account_id)
    GROUP BY provider_id, account_id
    HAVING bool_or(
        a.user_id IN (SELECT p.id FROM pg_temp.users_in_scope p)
        OR a.id IN (SELECT l.id FROM pg_temp.last_written_accounts l))
    UNION ALL
    SELECT 'accounts.one_credential', user_id
    FROM pg_temp.lobechat_accounts a
    JOIN (
        SELECT user_id FROM pg_temp.lobechat_accounts
        WHERE provider_id = 'credential' GROUP BY user_id HAVING count(*) > 1
    ) AS double USING (user_id)
    WHERE a.provider_id = 'credential'
    GROUP BY user_id
    HAVING bool_or(
        user_id IN (SELECT p.id FROM pg_temp.users_in_scope p)
        OR a.id IN (SELECT l.id FROM pg_temp.last_written_accounts l))
    UNION ALL
    SELECT 'two_factor.only_one', user_id
    FROM pg_temp.lobechat_two_factor t
    JOIN (
        SELECT user_id FROM pg_temp.lobechat_two_factor GROUP BY user_id HAVING count(*) > 1
    ) AS double USING (user_id)
    GROUP BY user_id
    HAVING bool_or(
        user_id IN (SELECT p.id FROM pg_temp.users_in_scope p)
        OR t.id IN (SELECT l.id FROM pg_temp.last_written_two_factor l))
    UNION ALL
    SELECT 'accounts.not_dangling', a.user_id
    FROM (
        SELECT id, user_id
        FROM pg_temp.lobechat_accounts every
        WHERE NOT EXISTS (SELECT FROM pg_temp.lobechat_users u WHERE u.id = every.user_id)
        OFFSET 0 -- few, if any: the others are not asked about
    ) AS a
    WHERE a.user_id IN (SELECT p.id FROM pg_temp.users_in_scope p)
       OR a.id IN (SELECT l.id FROM pg_temp.last_written_accounts l)
    UNION ALL
    SELECT 'accounts.not_dangling', t.user_id
    FROM (
        SELECT id, user_id
        FROM pg_temp.lobechat_two_factor every
        WHERE NOT EXISTS (SELECT FROM pg_temp.lobechat_users u WHERE u.id = every.user_id)
        OFFSET 0
    ) AS t
    WHERE t.user_id IN (SELECT p.id FROM pg_temp.users_in_scope p)
       OR t.id IN (SELECT l.id FROM pg_temp.last_written_two_factor l)
    UNION ALL
    SELECT 'emails.matchable', p.id
    FROM pg_temp.users_in_scope p
    JOIN pg_temp.users_in_lobechat u ON u.id = p.id
    WHERE u.email IS DISTINCT FROM u.matched_email
    UNION ALL
    SELECT 'passwords.checkable', a.user_id
    FROM pg_temp.plan_accounts p
    JOIN pg_temp.lobechat_accounts a ON a.id = p.id
    WHERE p.provider_id = 'credential' AND p.action IN ('insert', 'update', 'unchanged') AND p.existing_id = p.id
      AND a.password = p.password AND a.password !~ '^[$]2[ab][$]'
    UNION ALL
    SELECT 'bans.kept', p.id
    FROM pg_temp.users_in_scope p
    JOIN pg_temp.lobechat_users u ON u.id = p.id
    JOIN pg_temp.staged_users s ON s.id = p.id
    WHERE s.shut_out AND NOT p.kept_in_lobechat AND p.new_banned AND NOT coalesce(u.banned, false)

    -- What this run wrote is still there; a row of an earlier run may have been deleted in LobeChat since.
    UNION ALL
    SELECT 'ledger.' || d.table_name, d.user_id
    FROM differing d
    WHERE d.of_this_run AND d.missing

    -- Value by value: a row that still bears its batch's transaction was written by nobody since, so it holds what the
    -- batch wrote, unless something in the database changed that on the way.
    UNION ALL
    SELECT 'written.' || d.table_name, d.user_id
    FROM differing d
    WHERE d.of_this_run AND d.unwritten_since
    UNION ALL
    SELECT 'written.newcomers', l.user_id
    FROM pg_temp.run
    JOIN pg_temp.ledger_batches b ON b.run_id = run.run_id
    JOIN pg_temp.ledger_newcomers l ON l.batch_id = b.id
    JOIN pg_temp.lobechat_users u ON u.id = l.id AND u.version = b.transaction_id::xid
    WHERE num_nonnulls(u.email, u.username, u.phone, u.normalized_email) > 0

    -- No failure, but good to know.
    UNION ALL
    SELECT DISTINCT 'changed_since', d.user_id
    FROM differing d

    -- The ledger itself: every batch wrote these tables alone, and its rows are all here.
    UNION ALL
    SELECT 'ledger.batches', b.id::text
    FROM pg_temp.ledger_batches b
    LEFT JOIN (SELECT batch_id, count(*) AS rows FROM pg_temp.ledger_users GROUP BY batch_id) u ON u.batch_id = b.id
    LEFT JOIN (SELECT batch_id, count(*) AS rows FROM pg_temp.ledger_accounts GROUP BY batch_id) a ON a.batch_id = b.id
    LEFT JOIN (SELECT batch_id, count(*) AS rows FROM pg_temp.ledger_two_factor GROUP BY batch_id) t ON t.batch_id = b.id
    LEFT JOIN (SELECT batch_id, count(*) AS rows FROM pg_temp.ledger_newcomers GROUP BY batch_id) n ON n.batch_id = b.id
    WHERE coalesce((b.row_changes -> 'clerk_to_betterauth.users' ->> 0)::bigint, 0) <> coalesce(u.rows, 0)
       OR coalesce((b.row_changes -> 'clerk_to_betterauth.accounts' ->> 0)::bigint, 0) <> coalesce(a.rows, 0)
       OR coalesce((b.row_changes -> 'clerk_to_betterauth.two_factor' ->> 0)::bigint, 0) <> coalesce(t.rows, 0)
       OR coalesce((b.row_changes -> 'clerk_to_betterauth.newcomers' ->> 0)::bigint, 0) <> coalesce(n.rows, 0)
       OR EXISTS (
            SELECT FROM jsonb_object_keys(b.row_changes) AS keys (name)
            WHERE keys.name NOT IN ('public.users', 'public.accounts', 'public.two_factor', 'public.auth_sessions',
                'clerk_to_betterauth.users', 'clerk_to_betterauth.accounts', 'clerk_to_betterauth.two_factor',
                'clerk_to_betterauth.newcomers', 'clerk_to_betterauth.batches'))
    UNION ALL
    SELECT 'ledger.batches', every.batch_id::text
    FROM (
        SELECT l.batch_id FROM pg_temp.ledger_users l
        UNION
        SELECT l.batch_id FROM pg_temp.ledger_accounts l
        UNION
        SELECT l.batch_id FROM pg_temp.ledger_two_factor l
        UNION
        SELECT l.batch_id FROM pg_temp.ledger_newcomers l
    ) AS every
    WHERE NOT EXISTS (SELECT FROM pg_temp.ledger_batches b WHERE b.id = every.batch_id)
) AS found
GROUP BY found.name;
