-- Who is kept on rollback.  One function decides it for everybody before anything is written, and again for each batch
-- under the lock of its users' rows.

-- The unique values that the users of this transaction get back.
CREATE TEMPORARY VIEW values_to_restore AS
SELECT r.id, each.kind, each.value
FROM pg_temp.batch_users b
JOIN pg_temp.rollback_users r ON r.id = b.id AND r.written AND NOT r.inserted
CROSS JOIN LATERAL (VALUES
    ('email', r.old_email), ('username', r.old_username), ('phone', r.old_phone)) AS each (kind, value)
WHERE each.value IS NOT NULL
UNION ALL -- and those that their newcomers get back
SELECT n.user_id, each.key, each.value
FROM pg_temp.batch_users b
JOIN pg_temp.ledger_newcomers n ON n.user_id = b.id
CROSS JOIN LATERAL jsonb_each_text(n.old) AS each
WHERE each.value IS NOT NULL;

-- Who has such a value at this moment.
CREATE TEMPORARY VIEW holders AS
SELECT v.id, u.id AS holder_id
FROM pg_temp.values_to_restore v
JOIN public.users u ON v.kind = 'email' AND u.email = v.value AND u.id <> v.id
UNION ALL
SELECT v.id, u.id
FROM pg_temp.values_to_restore v
JOIN public.users u ON v.kind = 'username' AND u.username = v.value AND u.id <> v.id
UNION ALL
SELECT v.id, u.id
FROM pg_temp.values_to_restore v
JOIN public.users u ON v.kind = 'phone' AND u.phone = v.value AND u.id <> v.id
UNION ALL
SELECT v.id, u.id
FROM pg_temp.values_to_restore v
JOIN public.users u ON v.kind = 'normalized_email' AND u.normalized_email = v.value AND u.id <> v.id;

-- Takes everybody out of `batch_users` who is to be kept.
CREATE FUNCTION pg_temp.keep_users() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    reference record;
    found_holders bigint;
    found_twice bigint;
BEGIN
    -- LobeChat changed, moved or deleted a row since, or between two runs of the job.
    DELETE FROM pg_temp.batch_users b
    USING pg_temp.rollback_users r
    LEFT JOIN public.users u ON u.id = r.id
    WHERE r.id = b.id AND (r.changed_between OR r.written AND (
        u.id IS NULL OR (
            u.email, u.email_verified, u.username, u.first_name, u.last_name, u.full_name, u.avatar, u.phone,
            u.phone_number_verified, u.role, u.banned, u.ban_reason, u.ban_expires, u.two_factor_enabled,
            u.clerk_created_at
        ) IS DISTINCT FROM (
            r.new_email, r.new_email_verified, r.new_username, r.new_first_name, r.new_last_name, r.new_full_name,
            r.new_avatar, r.new_phone, r.new_phone_number_verified, r.new_role, r.new_banned, r.new_ban_reason,
            r.new_ban_expires, r.new_two_factor_enabled, r.new_clerk_created_at)));
    DELETE FROM pg_temp.batch_users b
    USING pg_temp.rollback_accounts r
    LEFT JOIN public.accounts a ON a.id = r.id
    WHERE r.user_id = b.id AND (a.user_id IS DISTINCT FROM r.user_id OR r.fingerprint IS DISTINCT FROM
        sha256(convert_to(ROW(a.provider_id, a.account_id, a.scope, a.password)::text, 'UTF8')));
    DELETE FROM pg_temp.batch_users b
    USING pg_temp.rollback_two_factor r
    LEFT JOIN public.two_factor t ON t.id = r.id
    WHERE r.user_id = b.id AND (t.user_id IS DISTINCT FROM r.user_id
        OR r.fingerprint IS DISTINCT FROM sha256(convert_to(ROW(t.secret, t.backup_codes)::text, 'UTF8')));

    PERFORM pg_temp.keep_users_of_newcomers();

    -- The job made the user, and by now the user has rows that the job did not make: LobeChat's foreign keys would delete
    -- them with the user.
    FOR reference IN
        SELECT k.table_name, k.column_name,
            CASE WHEN k.table_name = 'public.accounts'::regclass THEN 'pg_temp.rollback_accounts'
                 WHEN k.table_name = 'public.two_factor'::regclass THEN 'pg_temp.rollback_two_factor' END AS made
        FROM pg_temp.references_to_users k
    LOOP
        EXECUTE format(
            'DELETE FROM pg_temp.batch_users b USING pg_temp.rollback_users r WHERE r.id = b.id AND r.inserted'
            ' AND EXISTS (SELECT FROM %1$s t WHERE t.%2$I = b.id%3$s)',
            reference.table_name, reference.column_name,
            CASE WHEN reference.made IS NOT NULL THEN format(
                ' AND NOT EXISTS (SELECT FROM %s m WHERE m.id = t.id AND m.user_id = b.id'
                ' AND (m.inserted OR m.old ->> ''user_id'' <> m.user_id))', reference.made)
            END);
    END LOOP;

    -- Somebody else has by now, or gets back too, what the user had before.  Whoever is kept for it keeps what another may
    -- have had, so it is sought again until nobody new is found.
    LOOP
        DELETE FROM pg_temp.batch_users b
        USING pg_temp.holders h
        LEFT JOIN (
            SELECT gives_up.id
            FROM pg_temp.batch_users gives_up
            JOIN pg_temp.rollback_users r ON r.id = gives_up.id AND r.written
        ) AS giver ON giver.id = h.holder_id
        WHERE h.id = b.id AND giver.id IS NULL;
        GET DIAGNOSTICS found_holders = ROW_COUNT;
        DELETE FROM pg_temp.batch_users b
        USING pg_temp.values_to_restore v
        JOIN (
            SELECT kind, value FROM pg_temp.values_to_restore GROUP BY kind, value HAVING count(*) > 1
        ) AS twice ON twice.kind = v.kind AND twice.value = v.value
        WHERE v.id = b.id;
        GET DIAGNOSTICS found_twice = ROW_COUNT;
        EXIT WHEN found_holders + found_twice = 0;
    END LOOP;
END
$$;
