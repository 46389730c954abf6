-- What a batch is about: its users who have something to do, and their rows to write, but for those whom LobeChat overtook.
-- PostgreSQL puts the body of each function into the statement that names it, so it reads no more than the batch.
CREATE FUNCTION pg_temp.batch_users(number int) RETURNS SETOF pg_temp.plan_users LANGUAGE sql STABLE AS $$
    SELECT w.* FROM pg_temp.users_to_write w
    WHERE w.batch = number AND w.id NOT IN (SELECT o.user_id FROM pg_temp.overtaken o)
$$;

CREATE FUNCTION pg_temp.batch_accounts(number int) RETURNS SETOF pg_temp.plan_accounts LANGUAGE sql STABLE AS $$
    SELECT a.* FROM pg_temp.plan_accounts a
    WHERE a.batch = number AND a.action IN ('insert', 'update')
      AND a.user_id NOT IN (SELECT o.user_id FROM pg_temp.overtaken o)
$$;

CREATE FUNCTION pg_temp.batch_two_factor(number int) RETURNS SETOF pg_temp.plan_two_factor LANGUAGE sql STABLE AS $$
    SELECT t.* FROM pg_temp.plan_two_factor t
    WHERE t.batch = number AND t.action IN ('insert', 'update')
      AND t.user_id NOT IN (SELECT o.user_id FROM pg_temp.overtaken o)
$$;

-- All users of a batch are to be planned again: somebody wrote what theirs depends on.
CREATE FUNCTION pg_temp.overtake_batch(number int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO pg_temp.overtaken (user_id) SELECT b.id FROM pg_temp.batch_users(number) b
$$;

-- Carry out one batch of the plan, in the caller's transaction: ledger, rows, and the guard on what was written.
-- `number`: the batch; 0 is that of the movers.  `holder`: the session that holds the run's lock.
-- Returns the users who are done, and those whom LobeChat overtook: something of theirs changed after the plan, and is
-- left alone and noted in `overtaken`, to be planned again.
CREATE FUNCTION pg_temp.apply_batch(number int, holder int, OUT done bigint, OUT overtaken bigint) LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := pg_temp.count_row_changes();
    planned jsonb;
    batch_id bigint;
    sessions bigint;
    this record;
BEGIN
    PERFORM pg_temp.assert_lock(holder);
    -- A batch is a small slice of LobeChat's tables: to read them whole for each never pays, yet the plans are made once,
    -- with the first batch, when a table may still be empty.
    PERFORM set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
        set_config('enable_seqscan', 'off', true);
    SELECT run_id, path INTO this FROM pg_temp.run;

    -- Whoever holds a user's row keeps LobeChat from adding a link or a password to it (the foreign key waits), so what
    -- is looked at from here on stays as it is until the commit.
    PERFORM u.id FROM public.users u JOIN pg_temp.batch_users(number) b ON b.id = u.id ORDER BY u.id FOR UPDATE OF u;
    PERFORM pg_temp.lock_batch_newcomers(number);

    INSERT INTO pg_temp.overtaken (user_id)
    SELECT p.id
    FROM pg_temp.batch_users(number) p
    LEFT JOIN public.users u ON u.id = p.id
    WHERE u.xmin IS DISTINCT FROM p.version -- last_active_at moves with every request: that alone is no change
      AND (u.id IS NULL OR p.version IS NULL OR p.seen <> hash_record_extended(ROW(
              u.email, u.email_verified, u.username, u.first_name, u.last_name, u.full_name, u.avatar, u.phone,
              u.phone_number_verified, u.role, u.banned, u.ban_reason, u.ban_expires, u.two_factor_enabled, u.clerk_created_at),
              0))
    UNION
    SELECT a.user_id
    FROM pg_temp.batch_accounts(number) a
    LEFT JOIN public.accounts existing ON existing.id = a.existing_id
    WHERE a.action = 'update' AND existing.xmin IS DISTINCT FROM a.version
    UNION
    SELECT a.user_id
    FROM pg_temp.batch_accounts(number) a
    JOIN public.accounts existing ON existing.user_id = a.user_id
    WHERE a.action = 'insert' AND existing.provider_id = a.provider_id
      AND (existing.account_id = a.account_id OR a.provider_id = 'credential')
    UNION
    SELECT a.user_id
    FROM pg_temp.batch_accounts(number) a
    JOIN public.accounts existing ON existing.id = a.id
    WHERE a.action = 'insert'
    UNION
    SELECT t.user_id
    FROM pg_temp.batch_two_factor(number) t
    LEFT JOIN public.two_factor existing ON existing.id = t.existing_id
    WHERE t.action = 'update' AND existing.xmin IS DISTINCT FROM t.version
    UNION
    SELECT t.user_id
    FROM pg_temp.batch_two_factor(number) t
    JOIN public.two_factor existing ON existing.user_id = t.user_id OR existing.id = t.id
    WHERE t.action = 'insert'
    UNION
    SELECT changed.user_id FROM pg_temp.users_with_changed_newcomers(number) AS changed (user_id)
    UNION -- somebody else has by now what the user should get
    SELECT p.id
    FROM pg_temp.batch_users(number) p
    CROSS JOIN LATERAL (
        SELECT u.id FROM public.users u WHERE u.email = p.new_email AND p.new_email IS DISTINCT FROM p.old_email
        UNION ALL
        SELECT u.id FROM public.users u
        WHERE u.username = p.new_username AND p.new_username IS DISTINCT FROM p.old_username
        UNION ALL
        SELECT u.id FROM public.users u WHERE u.phone = p.new_phone AND p.new_phone IS DISTINCT FROM p.old_phone
        OFFSET 0 -- user by user, by index
    ) AS holder
    WHERE p.row_action IN ('insert', 'update') AND holder.id <> p.id
      AND holder.id NOT IN (SELECT mover.id FROM pg_temp.batch_users(number) mover)
      AND holder.id NOT IN (SELECT newcomer.id FROM pg_temp.batch_newcomers(number) newcomer);
    GET DIAGNOSTICS overtaken = ROW_COUNT;
    IF overtaken > 0 AND number = 0 THEN -- movers depend on each other: all of them, or none
        INSERT INTO pg_temp.overtaken (user_id)
        SELECT b.id FROM pg_temp.batch_users(number) b;
    END IF;
    SELECT count(*) INTO done FROM pg_temp.batch_users(number);
    IF done = 0 THEN
        RETURN;
    END IF;

    -- The ledger comes first: it tells the rows as they are before the batch writes them.
    batch_id := nextval(pg_get_serial_sequence('clerk_to_betterauth.batches', 'id'));
    INSERT INTO clerk_to_betterauth.users (
        batch_id, id, action,
        old_email, old_email_verified, old_username, old_first_name, old_last_name, old_full_name, old_avatar,
        old_phone, old_phone_number_verified, old_role, old_banned, old_ban_reason, old_ban_expires,
        old_two_factor_enabled, old_clerk_created_at,
        new_email, new_email_verified, new_username, new_first_name, new_last_name, new_full_name, new_avatar,
        new_phone, new_phone_number_verified, new_role, new_banned, new_ban_reason, new_ban_expires,
        new_two_factor_enabled, new_clerk_created_at, kept_in_lobechat)
    SELECT
        batch_id, p.id, p.row_action,
        u.email, u.email_verified, u.username, u.first_name, u.last_name, u.full_name, u.avatar,
        u.phone, u.phone_number_verified, u.role, u.banned, u.ban_reason, u.ban_expires,
        u.two_factor_enabled, u.clerk_created_at,
        CASE WHEN k.id IS NULL THEN p.new_email ELSE k.email END,
        p.new_email_verified,
        CASE WHEN k.id IS NULL THEN p.new_username ELSE k.username END,
        CASE WHEN k.id IS NULL THEN p.new_first_name ELSE k.first_name END,
        CASE WHEN k.id IS NULL THEN p.new_last_name ELSE k.last_name END,
        CASE WHEN k.id IS NULL THEN p.new_full_name ELSE k.full_name END,
        CASE WHEN k.id IS NULL THEN p.new_avatar ELSE k.avatar END,
        CASE WHEN k.id IS NULL THEN p.new_phone ELSE k.phone END,
        p.new_phone_number_verified, p.new_role, p.new_banned, p.new_ban_reason, p.new_ban_expires,
        CASE WHEN k.id IS NULL THEN p.new_two_factor_enabled ELSE k.two_factor_enabled END,
        p.new_clerk_created_at, p.kept_in_lobechat
    FROM pg_temp.batch_users(number) p
    LEFT JOIN pg_temp.plan_kept_values k ON k.id = p.id
    LEFT JOIN public.users u ON u.id = p.id;
    -- A row is remembered by its fingerprint, so that no digest or secret is stored twice; one that is overwritten whole.
    INSERT INTO clerk_to_betterauth.accounts (batch_id, id, user_id, action, fingerprint, old)
    SELECT batch_id, coalesce(a.existing_id, a.id), a.user_id, a.action,
        sha256(convert_to(ROW(a.provider_id, a.account_id, a.scope, a.password)::text, 'UTF8')),
        CASE WHEN existing.id IS NOT NULL THEN to_jsonb(existing) END
    FROM pg_temp.batch_accounts(number) a
    LEFT JOIN public.accounts existing ON existing.id = a.existing_id;
    INSERT INTO clerk_to_betterauth.two_factor (batch_id, id, user_id, action, fingerprint, old)
    SELECT batch_id, coalesce(t.existing_id, t.id), t.user_id, t.action,
        sha256(convert_to(ROW(t.secret, t.backup_codes)::text, 'UTF8')),
        CASE WHEN existing.id IS NOT NULL THEN to_jsonb(existing) END
    FROM pg_temp.batch_two_factor(number) t
    LEFT JOIN public.two_factor existing ON existing.id = t.existing_id;

    sessions := pg_temp.join_newcomers(number, batch_id);
    IF number = 0 THEN -- whoever hands a value on gives it up first: the unique constraints would bar the taker
        UPDATE public.users u
        SET email = NULL, username = NULL, phone = NULL
        FROM pg_temp.batch_users(number) p
        WHERE p.row_action = 'update' AND u.id = p.id;
    END IF;
    UPDATE public.users u
    SET email = p.new_email, email_verified = p.new_email_verified, username = p.new_username,
        first_name = p.new_first_name, last_name = p.new_last_name, full_name = p.new_full_name,
        avatar = p.new_avatar, phone = p.new_phone, phone_number_verified = p.new_phone_number_verified,
        role = p.new_role, banned = p.new_banned, ban_reason = p.new_ban_reason, ban_expires = p.new_ban_expires,
        two_factor_enabled = p.new_two_factor_enabled, clerk_created_at = p.new_clerk_created_at
    FROM pg_temp.batch_users(number) p
    WHERE p.row_action = 'update' AND u.id = p.id;
    INSERT INTO public.users (
        id, email, email_verified, username, first_name, last_name, full_name, avatar, phone, phone_number_verified,
        role, banned, ban_reason, ban_expires, two_factor_enabled, clerk_created_at,
        created_at, updated_at, last_active_at, accessed_at)
    SELECT
        p.id, p.new_email, p.new_email_verified, p.new_username, p.new_first_name, p.new_last_name, p.new_full_name,
        p.new_avatar, p.new_phone, p.new_phone_number_verified, p.new_role, p.new_banned, p.new_ban_reason,
        p.new_ban_expires, p.new_two_factor_enabled, p.new_clerk_created_at,
        coalesce(p.insert_created_at, now()), coalesce(p.insert_updated_at, now()),
        coalesce(p.insert_last_active_at, now()), coalesce(p.insert_accessed_at, now())
    FROM pg_temp.batch_users(number) p
    WHERE p.row_action = 'insert';
    UPDATE public.accounts existing
    SET user_id = a.user_id, provider_id = a.provider_id, account_id = a.account_id, scope = a.scope, password = a.password,
        updated_at = coalesce(a.updated_at, existing.updated_at)
    FROM pg_temp.batch_accounts(number) a
    WHERE a.action = 'update' AND existing.id = a.existing_id;
    INSERT INTO public.accounts (id, user_id, provider_id, account_id, scope, password, created_at, updated_at)
    SELECT a.id, a.user_id, a.provider_id, a.account_id, a.scope, a.password,
        coalesce(a.created_at, now() AT TIME ZONE 'UTC'), coalesce(a.updated_at, now() AT TIME ZONE 'UTC')
    FROM pg_temp.batch_accounts(number) a
    WHERE a.action = 'insert';
    UPDATE public.two_factor existing
    SET secret = t.secret, backup_codes = t.backup_codes
    FROM pg_temp.batch_two_factor(number) t
    WHERE t.action = 'update' AND existing.id = t.existing_id;
    INSERT INTO public.two_factor (id, user_id, secret, backup_codes)
    SELECT t.id, t.user_id, t.secret, t.backup_codes
    FROM pg_temp.batch_two_factor(number) t
    WHERE t.action = 'insert';

    -- What the batch should have written, by the plan: a row that something in the database suppressed shows too.
    SELECT jsonb_object_agg(each.table_name, jsonb_build_array(each.inserted, each.updated, each.deleted)) INTO planned
    FROM (
        SELECT 'public.users' AS table_name,
            count(*) FILTER (WHERE p.row_action = 'insert') AS inserted,
            count(*) FILTER (WHERE p.row_action = 'update') * CASE number WHEN 0 THEN 2 ELSE 1 END
                + (SELECT count(*) FROM pg_temp.batch_newcomers(number) n) AS updated,
            0::bigint AS deleted
        FROM pg_temp.batch_users(number) p
        UNION ALL
        SELECT 'public.accounts',
            count(*) FILTER (WHERE a.action = 'insert'), count(*) FILTER (WHERE a.action = 'update'), 0
        FROM pg_temp.batch_accounts(number) a
        UNION ALL
        SELECT 'public.two_factor',
            count(*) FILTER (WHERE t.action = 'insert'), count(*) FILTER (WHERE t.action = 'update'), 0
        FROM pg_temp.batch_two_factor(number) t
        UNION ALL
        SELECT 'public.auth_sessions', 0, 0, sessions
        UNION ALL
        SELECT 'clerk_to_betterauth.batches', 1, 0, 0
        UNION ALL
        SELECT 'clerk_to_betterauth.users', done, 0, 0
        UNION ALL
        SELECT 'clerk_to_betterauth.accounts', count(*), 0, 0
        FROM pg_temp.batch_accounts(number) a
        UNION ALL
        SELECT 'clerk_to_betterauth.two_factor', count(*), 0, 0
        FROM pg_temp.batch_two_factor(number) t
        UNION ALL
        SELECT 'clerk_to_betterauth.newcomers', count(*), 0, 0 FROM pg_temp.batch_newcomers(number) n
    ) AS each
    WHERE each.inserted + each.updated + each.deleted > 0;
    INSERT INTO clerk_to_betterauth.batches (id, run_id, path, row_changes, transaction_id)
    OVERRIDING SYSTEM VALUE
    VALUES (batch_id, this.run_id, this.path, planned, pg_current_xact_id());
    PERFORM pg_temp.assert_row_changes(before, planned);
END
$$;
