-- Late rescue, within a batch.

-- The newcomers whom the batch joins with its users.
CREATE FUNCTION pg_temp.batch_newcomers(number int) RETURNS SETOF pg_temp.plan_newcomers LANGUAGE sql STABLE AS $$
    SELECT n.* FROM pg_temp.batch_users(number) b JOIN pg_temp.plan_newcomers n ON n.user_id = b.id AND n.reason IS NULL
$$;

-- Locks the newcomers' rows, links and passwords: what is looked at from here on stays as it is until the commit.
CREATE FUNCTION pg_temp.lock_batch_newcomers(number int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM u.id FROM public.users u JOIN pg_temp.batch_newcomers(number) n ON n.id = u.id ORDER BY u.id FOR UPDATE OF u;
    PERFORM a.id FROM public.accounts a JOIN pg_temp.batch_newcomers(number) n ON n.id = a.user_id ORDER BY a.id FOR UPDATE OF a;
END
$$;

-- Users of the batch whose newcomers changed after the plan, or have something of their own by now, or who have by now
-- what the newcomer would bring.
CREATE FUNCTION pg_temp.users_with_changed_newcomers(number int) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_temp.batch_newcomers(number) n) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT n.user_id
    FROM pg_temp.batch_newcomers(number) n
    LEFT JOIN public.users u ON u.id = n.id
    WHERE u.id IS NULL
       OR n.seen <> hash_record_extended(ROW(
            u.email, u.email_verified, u.username, u.phone, u.normalized_email, u.role, u.banned, u.clerk_created_at), 0)
       OR n.account_ids <> ARRAY(SELECT a.id FROM public.accounts a WHERE a.user_id = n.id ORDER BY a.id COLLATE "C")
    UNION ALL
    SELECT moved.user_id
    FROM pg_temp.batch_users(number) b
    JOIN pg_temp.plan_newcomer_accounts moved ON moved.user_id = b.id
    JOIN public.accounts brought ON brought.id = moved.id
    JOIN public.accounts own ON own.user_id = moved.user_id AND own.provider_id = brought.provider_id
    WHERE own.account_id = brought.account_id OR own.provider_id = 'credential'
    UNION ALL
    SELECT n.user_id
    FROM pg_temp.users_with_own_rows(ARRAY(SELECT one.id FROM pg_temp.batch_newcomers(number) one)) AS own (id)
    JOIN pg_temp.batch_newcomers(number) n ON n.id = own.id;
END
$$;

-- The newcomers give up what is unique in their rows, and their sessions end; the ledger remembers both.  Their links and
-- passwords are moved with the batch's other accounts.  Returns the sessions that are to end.
CREATE FUNCTION pg_temp.join_newcomers(number int, ledger_batch bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    sessions bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_temp.batch_newcomers(number) n) THEN
        RETURN 0; -- without late rescue nothing more is asked of the job's role
    END IF;
    SELECT count(*) INTO sessions FROM public.auth_sessions s JOIN pg_temp.batch_newcomers(number) n ON n.id = s.user_id;
    INSERT INTO clerk_to_betterauth.newcomers (batch_id, id, user_id, old, old_sessions)
    SELECT ledger_batch, n.id, n.user_id,
        jsonb_build_object(
            'email', u.email, 'username', u.username, 'phone', u.phone, 'normalized_email', u.normalized_email),
        coalesce((SELECT jsonb_agg(to_jsonb(s)) FROM public.auth_sessions s WHERE s.user_id = n.id), '[]')
    FROM pg_temp.batch_newcomers(number) n
    JOIN public.users u ON u.id = n.id;
    UPDATE public.users u
    SET email = NULL, username = NULL, phone = NULL, normalized_email = NULL
    FROM pg_temp.batch_newcomers(number) n
    WHERE u.id = n.id;
    DELETE FROM public.auth_sessions s USING pg_temp.batch_newcomers(number) n WHERE s.user_id = n.id;
    RETURN sessions;
END
$$;
