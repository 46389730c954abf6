-- Late rescue, taken back: a newcomer gets back links and password (with the other accounts), address, name and number, and
-- the sessions that were ended.

-- Takes the users out of `batch_users` whose newcomer was changed or deleted since, or who themselves go on having what
-- the newcomer would get back.
CREATE FUNCTION pg_temp.keep_users_of_newcomers() RETURNS void LANGUAGE sql AS $$
    DELETE FROM pg_temp.batch_users b
    USING pg_temp.ledger_newcomers n
    LEFT JOIN public.users u ON u.id = n.id
    WHERE n.user_id = b.id
      AND (u.id IS NULL OR num_nonnulls(u.email, u.username, u.phone, u.normalized_email) > 0);
    DELETE FROM pg_temp.batch_users b
    USING pg_temp.ledger_newcomers n, pg_temp.rollback_users r, public.users u
    WHERE n.user_id = b.id AND r.id = b.id AND u.id = b.id AND NOT r.inserted AND (
        CASE WHEN r.written THEN r.old_email ELSE u.email END = n.old ->> 'email'
        OR CASE WHEN r.written THEN r.old_username ELSE u.username END = n.old ->> 'username'
        OR CASE WHEN r.written THEN r.old_phone ELSE u.phone END = n.old ->> 'phone'
        OR u.normalized_email = n.old ->> 'normalized_email');
$$;

-- Locks the rows of the batch's newcomers.
CREATE FUNCTION pg_temp.lock_newcomers() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM u.id
    FROM public.users u
    JOIN pg_temp.ledger_newcomers n ON n.id = u.id
    JOIN pg_temp.batch_users b ON b.id = n.user_id
    ORDER BY u.id
    FOR UPDATE OF u;
END
$$;

-- Gives the batch's newcomers back what they gave up, once their old selves have given it back.  Returns what that
-- should write, in the shape of count_row_changes().
CREATE FUNCTION pg_temp.part_newcomers() RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    newcomers bigint;
    sessions jsonb;
    columns text;
BEGIN
    SELECT count(*) INTO newcomers FROM pg_temp.batch_users b JOIN pg_temp.ledger_newcomers n ON n.user_id = b.id;
    IF newcomers = 0 THEN
        RETURN '{}';
    END IF;
    UPDATE public.users u
    SET email = n.old ->> 'email', username = n.old ->> 'username', phone = n.old ->> 'phone',
        normalized_email = n.old ->> 'normalized_email'
    FROM pg_temp.batch_users b
    JOIN pg_temp.ledger_newcomers n ON n.user_id = b.id
    WHERE u.id = n.id;
    SELECT coalesce(jsonb_agg(session.value), '[]') INTO sessions
    FROM pg_temp.batch_users b
    JOIN pg_temp.ledger_newcomers n ON n.user_id = b.id
    CROSS JOIN LATERAL jsonb_array_elements(n.old_sessions) AS session;
    -- All columns, also those that a later LobeChat has given the table.
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = 'public.auth_sessions'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';
    EXECUTE format(
        'INSERT INTO public.auth_sessions (%1$s) SELECT %1$s FROM jsonb_populate_recordset(NULL::public.auth_sessions, $1)',
        columns) USING sessions;
    RETURN jsonb_build_object(
        'public.users', jsonb_build_array(0, newcomers, 0),
        'public.auth_sessions', jsonb_build_array(jsonb_array_length(sessions), 0, 0),
        'clerk_to_betterauth.newcomers', jsonb_build_array(0, 0, newcomers));
END
$$;
