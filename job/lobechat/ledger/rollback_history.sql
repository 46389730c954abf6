-- What the ledger tells of each row that the job wrote: as it was before the first write, and as the last one left it.
-- A user of whom LobeChat changed a row between two runs is kept: to take back what came after would be to take back a part.
INSERT INTO pg_temp.rollback_accounts (id, user_id, inserted, fingerprint, old, changed_between)
SELECT DISTINCT ON (history.id)
    history.id,
    last_value(history.user_id) OVER whole,
    first_value(history.action) OVER whole = 'insert',
    last_value(history.fingerprint) OVER whole,
    first_value(history.old) OVER whole,
    bool_or(history.changed) OVER whole
FROM (
    SELECT l.id, l.batch_id, l.user_id, l.action, l.fingerprint, l.old,
        lag(l.id) OVER runs IS NOT NULL AND (
            l.user_id <> lag(l.user_id) OVER runs
            OR lag(l.fingerprint) OVER runs IS DISTINCT FROM sha256(convert_to(ROW(
                l.old ->> 'provider_id', l.old ->> 'account_id', l.old ->> 'scope', l.old ->> 'password')::text, 'UTF8'))
        ) AS changed
    FROM pg_temp.ledger_accounts l
    WINDOW runs AS (PARTITION BY l.id ORDER BY l.batch_id)
) AS history
WINDOW whole AS (PARTITION BY history.id ORDER BY history.batch_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING);

INSERT INTO pg_temp.rollback_two_factor (id, user_id, inserted, fingerprint, old, changed_between)
SELECT DISTINCT ON (history.id)
    history.id,
    last_value(history.user_id) OVER whole,
    first_value(history.action) OVER whole = 'insert',
    last_value(history.fingerprint) OVER whole,
    first_value(history.old) OVER whole,
    bool_or(history.changed) OVER whole
FROM (
    SELECT l.id, l.batch_id, l.user_id, l.action, l.fingerprint, l.old,
        lag(l.id) OVER runs IS NOT NULL AND (
            l.user_id <> lag(l.user_id) OVER runs
            OR lag(l.fingerprint) OVER runs IS DISTINCT FROM
                sha256(convert_to(ROW(l.old ->> 'secret', l.old ->> 'backup_codes')::text, 'UTF8'))
        ) AS changed
    FROM pg_temp.ledger_two_factor l
    WINDOW runs AS (PARTITION BY l.id ORDER BY l.batch_id)
) AS history
WINDOW whole AS (PARTITION BY history.id ORDER BY history.batch_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING);

-- Entries before the first write tell of a row that the job found as it should be.
INSERT INTO pg_temp.rollback_users (
    id, written, inserted, changed_between,
    old_email, old_email_verified, old_username, old_first_name, old_last_name, old_full_name, old_avatar, old_phone,
    old_phone_number_verified, old_role, old_banned, old_ban_reason, old_ban_expires, old_two_factor_enabled,
    old_clerk_created_at,
    new_email, new_email_verified, new_username, new_first_name, new_last_name, new_full_name, new_avatar, new_phone,
    new_phone_number_verified, new_role, new_banned, new_ban_reason, new_ban_expires, new_two_factor_enabled,
    new_clerk_created_at
)
WITH history AS (
    SELECT l.*,
        lag(l.id) OVER runs IS NULL AS first,
        lead(l.id) OVER runs IS NULL AS last,
        lag(l.id) OVER runs IS NOT NULL AND lag(ROW(
            l.new_email, l.new_email_verified, l.new_username, l.new_first_name, l.new_last_name, l.new_full_name,
            l.new_avatar, l.new_phone, l.new_phone_number_verified, l.new_role, l.new_banned, l.new_ban_reason,
            l.new_ban_expires, l.new_two_factor_enabled, l.new_clerk_created_at)::text) OVER runs
        <> ROW(
            l.old_email, l.old_email_verified, l.old_username, l.old_first_name, l.old_last_name, l.old_full_name,
            l.old_avatar, l.old_phone, l.old_phone_number_verified, l.old_role, l.old_banned, l.old_ban_reason,
            l.old_ban_expires, l.old_two_factor_enabled, l.old_clerk_created_at)::text AS changed
    FROM pg_temp.ledger_users l
    JOIN (
        SELECT id, min(batch_id) AS batch_id FROM pg_temp.ledger_users WHERE action IN ('insert', 'update') GROUP BY id
    ) AS first_write ON first_write.id = l.id AND first_write.batch_id <= l.batch_id
    WINDOW runs AS (PARTITION BY l.id ORDER BY l.batch_id)
)
SELECT
    everyone.id, first.id IS NOT NULL, coalesce(first.action = 'insert', false),
    everyone.id IN (SELECT h.id FROM history h WHERE h.changed)
        OR everyone.id IN (SELECT l.user_id FROM pg_temp.ledger_accounts l
                           JOIN pg_temp.rollback_accounts a ON a.id = l.id AND a.changed_between)
        OR everyone.id IN (SELECT l.user_id FROM pg_temp.ledger_two_factor l
                           JOIN pg_temp.rollback_two_factor t ON t.id = l.id AND t.changed_between),
    first.old_email, first.old_email_verified, first.old_username, first.old_first_name, first.old_last_name,
    first.old_full_name, first.old_avatar, first.old_phone, first.old_phone_number_verified, first.old_role,
    first.old_banned, first.old_ban_reason, first.old_ban_expires, first.old_two_factor_enabled,
    first.old_clerk_created_at,
    last.new_email, last.new_email_verified, last.new_username, last.new_first_name, last.new_last_name,
    last.new_full_name, last.new_avatar, last.new_phone, last.new_phone_number_verified, last.new_role,
    last.new_banned, last.new_ban_reason, last.new_ban_expires, last.new_two_factor_enabled,
    last.new_clerk_created_at
FROM (
    SELECT l.id FROM pg_temp.ledger_users l
    UNION
    SELECT l.user_id FROM pg_temp.ledger_accounts l
    UNION
    SELECT l.user_id FROM pg_temp.ledger_two_factor l
) AS everyone
LEFT JOIN history AS first ON first.id = everyone.id AND first.first
LEFT JOIN history AS last ON last.id = everyone.id AND last.last;
