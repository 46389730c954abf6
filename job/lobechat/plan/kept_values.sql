-- Of a value that LobeChat changed the ledger goes on telling what the job wrote, so that a later run keeps it too.
INSERT INTO pg_temp.plan_kept_values (
    id, email, username, first_name, last_name, full_name, avatar, phone, two_factor_enabled
)
SELECT
    p.id,
    CASE WHEN u.matched_email IS DISTINCT FROM l.new_email THEN l.new_email ELSE p.new_email END,
    CASE WHEN u.username IS DISTINCT FROM l.new_username THEN l.new_username ELSE p.new_username END,
    CASE WHEN u.first_name IS DISTINCT FROM l.new_first_name THEN l.new_first_name ELSE p.new_first_name END,
    CASE WHEN u.last_name IS DISTINCT FROM l.new_last_name THEN l.new_last_name ELSE p.new_last_name END,
    CASE WHEN u.full_name IS DISTINCT FROM l.new_full_name THEN l.new_full_name ELSE p.new_full_name END,
    CASE WHEN u.avatar IS DISTINCT FROM l.new_avatar THEN l.new_avatar ELSE p.new_avatar END,
    CASE WHEN u.phone IS DISTINCT FROM l.new_phone THEN l.new_phone ELSE p.new_phone END,
    CASE WHEN u.two_factor_enabled IS DISTINCT FROM l.new_two_factor_enabled
         THEN l.new_two_factor_enabled ELSE p.new_two_factor_enabled END
FROM pg_temp.plan_users p
JOIN pg_temp.last_written_users l ON l.id = p.id
LEFT JOIN pg_temp.users_in_lobechat u ON u.id = p.id
WHERE p.kept_in_lobechat;
