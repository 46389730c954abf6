-- The plan of the simple path: the address as a sign-in looks it up, and every other column as LobeChat has it.
INSERT INTO pg_temp.plan_users (
    id, batch, action, row_action, kept_in_lobechat, logged, version, seen,
    old_email, old_username, old_phone,
    new_email, new_email_verified, new_username, new_first_name, new_last_name, new_full_name, new_avatar, new_phone,
    new_phone_number_verified, new_role, new_banned, new_ban_reason, new_ban_expires, new_two_factor_enabled,
    new_clerk_created_at
)
SELECT
    u.id,
    1 + (row_number() OVER () - 1) / run.batch_size,
    decided.row_action::pg_temp.user_action,
    decided.row_action::pg_temp.row_action,
    kept.email,
    l.id IS NOT NULL,
    u.version,
    hash_record_extended(ROW(
        u.email, u.email_verified, u.username, u.first_name, u.last_name, u.full_name, u.avatar, u.phone,
        u.phone_number_verified, u.role, u.banned, u.ban_reason, u.ban_expires, u.two_factor_enabled, u.clerk_created_at),
        0),
    u.email, u.username, u.phone,
    new.email, u.email_verified, u.username, u.first_name, u.last_name, u.full_name, u.avatar, u.phone,
    u.phone_number_verified, u.role, u.banned, u.ban_reason, u.ban_expires, u.two_factor_enabled,
    u.clerk_created_at
FROM pg_temp.run
CROSS JOIN pg_temp.users_to_plan s
JOIN pg_temp.users_in_lobechat u ON u.id = s.id
LEFT JOIN pg_temp.last_written_users l ON l.id = s.id
-- An address that differs from what the job last wrote is the user's own, and stays.
CROSS JOIN LATERAL (
    SELECT l.id IS NOT NULL AND u.matched_email IS DISTINCT FROM l.new_email AS email
    OFFSET 0
) AS kept
CROSS JOIN LATERAL (
    SELECT CASE WHEN kept.email THEN u.matched_email ELSE coalesce(s.email, u.matched_email) END AS email
    OFFSET 0
) AS new
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN u.email IS DISTINCT FROM new.email THEN 'update'
        WHEN kept.email THEN 'changed_since'
        ELSE 'unchanged'
        END AS row_action
    OFFSET 0
) AS decided
WHERE NOT EXISTS (SELECT FROM pg_temp.conflicts c WHERE c.user_id = s.id);
