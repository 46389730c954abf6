-- No failure, but good to know: users of whom a row that the ledger tells of was changed, moved or deleted since.
SELECT count(*)
FROM (
    SELECT l.id
    FROM pg_temp.last_written_users l
    LEFT JOIN pg_temp.lobechat_users u ON u.id = l.id
    WHERE u.id IS NULL OR (
        u.email, u.email_verified, u.username, u.first_name, u.last_name, u.full_name, u.avatar, u.phone,
        u.phone_number_verified, u.role, u.banned, u.ban_reason, u.ban_expires, u.two_factor_enabled,
        u.clerk_created_at
    ) IS DISTINCT FROM (
        l.new_email, l.new_email_verified, l.new_username, l.new_first_name, l.new_last_name, l.new_full_name,
        l.new_avatar, l.new_phone, l.new_phone_number_verified, l.new_role, l.new_banned, l.new_ban_reason,
        l.new_ban_expires, l.new_two_factor_enabled, l.new_clerk_created_at)
    UNION
    SELECT l.user_id
    FROM pg_temp.last_written_accounts l
    LEFT JOIN pg_temp.lobechat_accounts a ON a.id = l.id
    WHERE a.user_id IS DISTINCT FROM l.user_id OR l.fingerprint IS DISTINCT FROM
        sha256(convert_to(ROW(a.provider_id, a.account_id, a.scope, a.password)::text, 'UTF8'))
    UNION
    SELECT l.user_id
    FROM pg_temp.last_written_two_factor l
    LEFT JOIN pg_temp.lobechat_two_factor t ON t.id = l.id
    WHERE t.user_id IS DISTINCT FROM l.user_id
       OR l.fingerprint IS DISTINCT FROM sha256(convert_to(ROW(t.secret, t.backup_codes)::text, 'UTF8'))
) AS changed;
