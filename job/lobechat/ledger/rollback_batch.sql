-- Take one batch of users back, in the caller's transaction: rows, ledger, and the guard on what was written.
-- `number`: the batch; 0 is that of the users who hand values back to each other.  `holder`: the session that holds the
-- run's lock.  Returns the rows taken back.  Who has to be kept by now is noted in `rollback_users`.
CREATE FUNCTION pg_temp.roll_back_batch(
    number int, holder int, OUT users bigint, OUT accounts bigint, OUT two_factor bigint
) LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := pg_temp.count_row_changes();
    planned jsonb;
    of_newcomers jsonb;
    batches_updated bigint;
    batches_deleted bigint;
BEGIN
    PERFORM pg_temp.assert_lock(holder);
    INSERT INTO pg_temp.batch_users (id)
    SELECT r.id FROM pg_temp.rollback_users r WHERE r.batch = number AND NOT r.kept;

    -- Whoever holds a user's row keeps LobeChat from adding any row of that user (the foreign key waits), so what is
    -- looked at from here on stays as it is until the commit.
    PERFORM u.id FROM public.users u JOIN pg_temp.batch_users b ON b.id = u.id ORDER BY u.id FOR UPDATE OF u;
    PERFORM pg_temp.lock_newcomers();
    PERFORM a.id FROM public.accounts a
    JOIN pg_temp.rollback_accounts r ON r.id = a.id
    JOIN pg_temp.batch_users b ON b.id = r.user_id
    ORDER BY a.id FOR UPDATE OF a;
    PERFORM t.id FROM public.two_factor t
    JOIN pg_temp.rollback_two_factor r ON r.id = t.id
    JOIN pg_temp.batch_users b ON b.id = r.user_id
    ORDER BY t.id FOR UPDATE OF t;
    PERFORM pg_temp.keep_users();
    UPDATE pg_temp.rollback_users r
    SET kept = true
    WHERE r.batch = number AND NOT EXISTS (SELECT FROM pg_temp.batch_users b WHERE b.id = r.id);

    -- What the batch should write, by the ledger: a row that something in the database suppresses shows too.
    SELECT jsonb_object_agg(each.table_name, jsonb_build_array(0, each.updated, each.deleted)) INTO planned
    FROM (
        SELECT 'public.users' AS table_name,
            count(*) FILTER (WHERE r.written AND NOT r.inserted) * CASE number WHEN 0 THEN 2 ELSE 1 END AS updated,
            count(*) FILTER (WHERE r.inserted) AS deleted
        FROM pg_temp.batch_users b JOIN pg_temp.rollback_users r ON r.id = b.id
        UNION ALL
        SELECT 'public.accounts', count(*) FILTER (WHERE NOT r.inserted), count(*) FILTER (WHERE r.inserted)
        FROM pg_temp.batch_users b JOIN pg_temp.rollback_accounts r ON r.user_id = b.id
        UNION ALL
        SELECT 'public.two_factor', count(*) FILTER (WHERE NOT r.inserted), count(*) FILTER (WHERE r.inserted)
        FROM pg_temp.batch_users b JOIN pg_temp.rollback_two_factor r ON r.user_id = b.id
        UNION ALL
        SELECT 'clerk_to_betterauth.users', 0, count(*)
        FROM pg_temp.batch_users b JOIN clerk_to_betterauth.users l ON l.id = b.id
        UNION ALL
        SELECT 'clerk_to_betterauth.accounts', 0, count(*)
        FROM pg_temp.batch_users b JOIN clerk_to_betterauth.accounts l ON l.user_id = b.id
        UNION ALL
        SELECT 'clerk_to_betterauth.two_factor', 0, count(*)
        FROM pg_temp.batch_users b JOIN clerk_to_betterauth.two_factor l ON l.user_id = b.id
    ) AS each
    WHERE each.updated + each.deleted > 0;
    users := coalesce((planned -> 'public.users' ->> 2)::bigint, 0)
        + coalesce((planned -> 'public.users' ->> 1)::bigint, 0) / CASE number WHEN 0 THEN 2 ELSE 1 END;
    accounts := coalesce((planned -> 'public.accounts' ->> 1)::bigint + (planned -> 'public.accounts' ->> 2)::bigint, 0);
    two_factor := coalesce(
        (planned -> 'public.two_factor' ->> 1)::bigint + (planned -> 'public.two_factor' ->> 2)::bigint, 0);

    DELETE FROM public.accounts a
    USING pg_temp.batch_users b
    JOIN pg_temp.rollback_accounts r ON r.user_id = b.id AND r.inserted
    WHERE a.id = r.id;
    UPDATE public.accounts a
    SET user_id = old.user_id, provider_id = old.provider_id, account_id = old.account_id, scope = old.scope, password = old.password,
        updated_at = old.updated_at
    FROM pg_temp.batch_users b
    JOIN pg_temp.rollback_accounts r ON r.user_id = b.id AND NOT r.inserted
    CROSS JOIN LATERAL jsonb_to_record(r.old) AS old (
        user_id text, provider_id text, account_id text, scope text, password text, updated_at timestamp)
    WHERE a.id = r.id;
    DELETE FROM public.two_factor t
    USING pg_temp.batch_users b
    JOIN pg_temp.rollback_two_factor r ON r.user_id = b.id AND r.inserted
    WHERE t.id = r.id;
    UPDATE public.two_factor t
    SET secret = old.secret, backup_codes = old.backup_codes
    FROM pg_temp.batch_users b
    JOIN pg_temp.rollback_two_factor r ON r.user_id = b.id AND NOT r.inserted
    CROSS JOIN LATERAL jsonb_to_record(r.old) AS old (secret text, backup_codes text)
    WHERE t.id = r.id;
    DELETE FROM public.users u
    USING pg_temp.batch_users b
    JOIN pg_temp.rollback_users r ON r.id = b.id AND r.inserted
    WHERE u.id = r.id;
    IF number = 0 THEN -- whoever hands a value back gives it up first: the unique constraints would bar the taker
        UPDATE public.users u
        SET email = NULL, username = NULL, phone = NULL
        FROM pg_temp.batch_users b
        JOIN pg_temp.rollback_users r ON r.id = b.id AND r.written AND NOT r.inserted
        WHERE u.id = r.id;
    END IF;
    UPDATE public.users u
    SET email = r.old_email, email_verified = r.old_email_verified, username = r.old_username,
        first_name = r.old_first_name, last_name = r.old_last_name, full_name = r.old_full_name,
        avatar = r.old_avatar, phone = r.old_phone, phone_number_verified = r.old_phone_number_verified,
        role = r.old_role, banned = r.old_banned, ban_reason = r.old_ban_reason, ban_expires = r.old_ban_expires,
        two_factor_enabled = r.old_two_factor_enabled, clerk_created_at = r.old_clerk_created_at
    FROM pg_temp.batch_users b
    JOIN pg_temp.rollback_users r ON r.id = b.id AND r.written AND NOT r.inserted
    WHERE u.id = r.id;
    of_newcomers := pg_temp.part_newcomers();
    IF of_newcomers <> '{}' THEN
        planned := planned || of_newcomers || jsonb_build_object('public.users', jsonb_build_array(
            0,
            coalesce((planned -> 'public.users' ->> 1)::bigint, 0) + (of_newcomers -> 'public.users' ->> 1)::bigint,
            coalesce((planned -> 'public.users' ->> 2)::bigint, 0)));
    END IF;

    -- The ledger forgets these users.  A batch of which others are kept goes on telling how many rows it has here.
    WITH users AS (
        DELETE FROM clerk_to_betterauth.users l USING pg_temp.batch_users b WHERE l.id = b.id RETURNING l.batch_id
    ),
    accounts AS (
        DELETE FROM clerk_to_betterauth.accounts l USING pg_temp.batch_users b WHERE l.user_id = b.id RETURNING l.batch_id
    ),
    two_factor AS (
        DELETE FROM clerk_to_betterauth.two_factor l USING pg_temp.batch_users b WHERE l.user_id = b.id
        RETURNING l.batch_id
    ),
    newcomers AS (
        DELETE FROM clerk_to_betterauth.newcomers l USING pg_temp.batch_users b WHERE l.user_id = b.id RETURNING l.batch_id
    ),
    forgotten AS (
        SELECT every.batch_id, sum(every.users) AS users, sum(every.accounts) AS accounts,
            sum(every.two_factor) AS two_factor, sum(every.newcomers) AS newcomers
        FROM (
            SELECT one.batch_id, 1 AS users, 0 AS accounts, 0 AS two_factor, 0 AS newcomers FROM users one
            UNION ALL
            SELECT one.batch_id, 0, 1, 0, 0 FROM accounts one
            UNION ALL
            SELECT one.batch_id, 0, 0, 1, 0 FROM two_factor one
            UNION ALL
            SELECT one.batch_id, 0, 0, 0, 1 FROM newcomers one
        ) AS every
        GROUP BY every.batch_id
    )
    UPDATE clerk_to_betterauth.batches b
    SET row_changes = b.row_changes || jsonb_build_object(
        'clerk_to_betterauth.users', jsonb_build_array(
            coalesce((b.row_changes -> 'clerk_to_betterauth.users' ->> 0)::bigint, 0) - f.users, 0, 0),
        'clerk_to_betterauth.accounts', jsonb_build_array(
            coalesce((b.row_changes -> 'clerk_to_betterauth.accounts' ->> 0)::bigint, 0) - f.accounts, 0, 0),
        'clerk_to_betterauth.two_factor', jsonb_build_array(
            coalesce((b.row_changes -> 'clerk_to_betterauth.two_factor' ->> 0)::bigint, 0) - f.two_factor, 0, 0),
        'clerk_to_betterauth.newcomers', jsonb_build_array(
            coalesce((b.row_changes -> 'clerk_to_betterauth.newcomers' ->> 0)::bigint, 0) - f.newcomers, 0, 0))
    FROM forgotten f
    WHERE b.id = f.batch_id;
    GET DIAGNOSTICS batches_updated = ROW_COUNT;
    DELETE FROM clerk_to_betterauth.batches b
    WHERE NOT EXISTS (SELECT FROM clerk_to_betterauth.users l WHERE l.batch_id = b.id)
      AND NOT EXISTS (SELECT FROM clerk_to_betterauth.accounts l WHERE l.batch_id = b.id)
      AND NOT EXISTS (SELECT FROM clerk_to_betterauth.two_factor l WHERE l.batch_id = b.id)
      AND NOT EXISTS (SELECT FROM clerk_to_betterauth.newcomers l WHERE l.batch_id = b.id);
    GET DIAGNOSTICS batches_deleted = ROW_COUNT;
    IF batches_updated + batches_deleted > 0 THEN
        planned := coalesce(planned, '{}') || jsonb_build_object(
            'clerk_to_betterauth.batches', jsonb_build_array(0, batches_updated, batches_deleted));
    END IF;
    PERFORM pg_temp.assert_row_changes(before, coalesce(planned, '{}'));
END
$$;
