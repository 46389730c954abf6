-- The plan for users: what each row is, what it should be, and so what happens to it.
-- s: the user as Clerk has it; u: the row in LobeChat (all NULL where there is none yet); l: the row as the job last
-- wrote it (all NULL on the first run); w: the last ban that the job itself set or lifted.
INSERT INTO pg_temp.plan_users (
    id, batch, action, row_action, kept_in_lobechat, logged, version, seen,
    old_email, old_username, old_phone,
    new_email, new_email_verified, new_username, new_first_name, new_last_name, new_full_name, new_avatar, new_phone,
    new_phone_number_verified, new_role, new_banned, new_ban_reason, new_ban_expires, new_two_factor_enabled,
    new_clerk_created_at,
    insert_created_at, insert_updated_at, insert_last_active_at, insert_accessed_at
)
SELECT
    s.id,
    1 + (row_number() OVER () - 1) / run.batch_size,
    CASE decided.row_action WHEN 'deleted' THEN 'changed_since' ELSE decided.row_action END::pg_temp.user_action,
    decided.row_action::pg_temp.row_action,
    kept.any_value,
    l.id IS NOT NULL,
    u.version,
    hash_record_extended(ROW(
        u.email, u.email_verified, u.username, u.first_name, u.last_name, u.full_name, u.avatar, u.phone,
        u.phone_number_verified, u.role, u.banned, u.ban_reason, u.ban_expires, u.two_factor_enabled, u.clerk_created_at),
        0),
    u.email, u.username, u.phone,
    new.email, new.email_verified, new.username, new.first_name, new.last_name, new.full_name, new.avatar, new.phone,
    new.phone_number_verified, new.role, new.banned, new.ban_reason, new.ban_expires, new.two_factor_enabled,
    new.clerk_created_at,
    CASE WHEN u.id IS NULL THEN timestamptz 'epoch' + s.created_at_ms * interval '1 millisecond' END,
    CASE WHEN u.id IS NULL THEN timestamptz 'epoch' + s.updated_at_ms * interval '1 millisecond' END,
    CASE WHEN u.id IS NULL THEN timestamptz 'epoch' + s.last_active_at_ms * interval '1 millisecond' END,
    CASE WHEN u.id IS NULL THEN timestamptz 'epoch' + s.last_active_at_ms * interval '1 millisecond' END
FROM pg_temp.run
CROSS JOIN pg_temp.users_to_plan s
LEFT JOIN pg_temp.users_in_lobechat u ON u.id = s.id
LEFT JOIN pg_temp.last_written_users l ON l.id = s.id
LEFT JOIN pg_temp.last_written_bans w ON w.id = s.id
-- A value that differs from what the job last wrote is LobeChat's own, and stays.
CROSS JOIN LATERAL (
    SELECT *,
        email OR username OR first_name OR last_name OR full_name OR avatar OR phone OR two_factor_enabled AS any_value
    FROM (
        SELECT
            l.id IS NOT NULL AND u.email IS DISTINCT FROM l.new_email
                AND u.matched_email IS DISTINCT FROM l.new_email AS email,
            l.id IS NOT NULL AND u.username IS DISTINCT FROM l.new_username AS username,
            l.id IS NOT NULL AND u.first_name IS DISTINCT FROM l.new_first_name AS first_name,
            l.id IS NOT NULL AND u.last_name IS DISTINCT FROM l.new_last_name AS last_name,
            l.id IS NOT NULL AND u.full_name IS DISTINCT FROM l.new_full_name AS full_name,
            l.id IS NOT NULL AND u.avatar IS DISTINCT FROM l.new_avatar AS avatar,
            l.id IS NOT NULL AND u.phone IS DISTINCT FROM l.new_phone AS phone,
            l.id IS NOT NULL AND u.two_factor_enabled IS DISTINCT FROM l.new_two_factor_enabled AS two_factor_enabled,
            timestamptz 'epoch' + s.ban_expires_ms * interval '1 millisecond' AS clerk_ban_expires,
            interval '2 minutes' AS slack -- Clerk tells a lockout's end in seconds from its answer: it varies
        OFFSET 0
    ) AS each
) AS kept
-- A ban follows Clerk except where LobeChat has its own word on it.
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN u.id IS NULL THEN false
        -- the same lockout, told a little later
        WHEN u.banned AND s.banned
            AND u.ban_expires BETWEEN kept.clerk_ban_expires - kept.slack AND kept.clerk_ban_expires + kept.slack
            THEN true
        -- still as the job wrote it
        WHEN w.id IS NOT NULL
            AND (u.banned, u.ban_reason, u.ban_expires) IS NOT DISTINCT FROM (w.banned, w.ban_reason, w.ban_expires)
            THEN false
        -- LobeChat changed or lifted what the job set, unless Clerk's ban is by now a harder one
        WHEN w.banned
            THEN NOT (s.banned AND w.ban_expires IS NOT NULL
                AND (s.shut_out OR kept.clerk_ban_expires > w.ban_expires + kept.slack))
        -- LobeChat's own, at least as hard as Clerk's
        ELSE coalesce(u.banned, false) AND NOT s.shut_out
            AND (u.ban_expires IS NULL OR NOT s.banned OR u.ban_expires >= kept.clerk_ban_expires)
        END AS in_lobechat
    OFFSET 0
) AS ban
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN kept.email THEN u.matched_email ELSE coalesce(s.email, u.matched_email) END AS email,
        -- The flag belongs to the address: it stays with LobeChat's own, and comes with Clerk's.
        coalesce(CASE
            WHEN s.email IS NULL OR (kept.email AND u.matched_email IS DISTINCT FROM s.email) THEN u.email_verified
            WHEN u.matched_email IS DISTINCT FROM s.email THEN s.email_verified
            WHEN l.id IS NOT NULL AND u.email_verified IS DISTINCT FROM l.new_email_verified THEN u.email_verified
            ELSE s.email_verified OR coalesce(
                u.email_verified AND (l.id IS NULL OR l.new_email IS NOT DISTINCT FROM s.email), false)
            END, false) AS email_verified,
        CASE WHEN kept.username THEN u.username ELSE coalesce(s.username, nullif(u.username, '')) END AS username,
        CASE WHEN kept.first_name THEN u.first_name ELSE coalesce(s.first_name, u.first_name) END AS first_name,
        CASE WHEN kept.last_name THEN u.last_name ELSE coalesce(s.last_name, u.last_name) END AS last_name,
        CASE WHEN kept.full_name THEN u.full_name ELSE coalesce(nullif(u.full_name, ''), s.full_name) END AS full_name,
        -- An avatar that Clerk serves lives as long as the Clerk instance; one that the user set in LobeChat stays.
        CASE WHEN kept.avatar THEN u.avatar
             WHEN nullif(u.avatar, '') IS NULL OR pg_temp.served_by_clerk(u.avatar)
                 THEN coalesce(s.avatar, u.avatar)
             ELSE u.avatar END AS avatar,
        CASE WHEN kept.phone THEN u.phone ELSE coalesce(s.phone, nullif(btrim(u.phone), '')) END AS phone,
        CASE
            WHEN s.phone IS NULL OR (kept.phone AND u.phone IS DISTINCT FROM s.phone) THEN u.phone_number_verified
            WHEN u.phone IS DISTINCT FROM s.phone THEN s.phone_number_verified
            WHEN l.id IS NOT NULL AND u.phone_number_verified IS DISTINCT FROM l.new_phone_number_verified
                THEN u.phone_number_verified
            ELSE s.phone_number_verified OR coalesce(
                u.phone_number_verified AND (l.id IS NULL OR l.new_phone IS NOT DISTINCT FROM s.phone), false)
            END AS phone_number_verified,
        coalesce(u.role, 'user') AS role,
        CASE WHEN ban.in_lobechat THEN u.banned ELSE s.banned END AS banned,
        CASE WHEN ban.in_lobechat THEN u.ban_reason ELSE s.ban_reason END AS ban_reason,
        CASE WHEN ban.in_lobechat THEN u.ban_expires ELSE kept.clerk_ban_expires END AS ban_expires,
        -- On for a second factor that is not the job's, and where AUTH_SECRET is missing this time.
        CASE WHEN kept.two_factor_enabled THEN u.two_factor_enabled
             ELSE s.two_factor_enabled OR coalesce(u.two_factor_enabled AND (
                 u.id IN (SELECT t.user_id FROM pg_temp.lobechat_two_factor t WHERE t.id <> 'tf_' || t.user_id)
                 OR u.id IN (SELECT t.user_id FROM pg_temp.staged_two_factor t WHERE t.codes IS NULL)), false)
             END AS two_factor_enabled,
        coalesce(u.clerk_created_at, timestamptz 'epoch' + s.created_at_ms * interval '1 millisecond')
            AS clerk_created_at
    OFFSET 0
) AS new
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN NOT (s.in_api OR run.migrate_orphans) THEN 'skipped'
        WHEN u.id IS NULL AND l.id IS NOT NULL THEN 'deleted'
        WHEN u.id IS NULL THEN 'insert'
        WHEN (
            u.email, u.email_verified, u.username, u.first_name, u.last_name, u.full_name, u.avatar, u.phone,
            u.phone_number_verified, u.role, u.banned, u.ban_reason, u.ban_expires, u.two_factor_enabled,
            u.clerk_created_at
        ) IS DISTINCT FROM (
            new.email, new.email_verified, new.username, new.first_name, new.last_name, new.full_name, new.avatar,
            new.phone, new.phone_number_verified, new.role, new.banned, new.ban_reason, new.ban_expires,
            new.two_factor_enabled, new.clerk_created_at
        ) THEN 'update'
        WHEN kept.any_value THEN 'changed_since'
        ELSE 'unchanged'
        END AS row_action
    OFFSET 0
) AS decided
WHERE NOT EXISTS (SELECT FROM pg_temp.conflicts c WHERE c.user_id = s.id);
