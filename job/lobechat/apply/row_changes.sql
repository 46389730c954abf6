-- PostgreSQL's own count of the rows that this transaction wrote, by table, as [inserted, updated, deleted]; what cascades
-- and triggers write is in it.  The counters begin with what the session's last transactions wrote and the server has not
-- collected yet (it does so about once a second, never within a transaction): read them at the start and at the end.
-- Source: pg_stat_xact_user_tables, PostgreSQL 14 to 18.
CREATE FUNCTION pg_temp.count_row_changes() RETURNS jsonb LANGUAGE sql AS $$
    SELECT coalesce(jsonb_object_agg(
        schemaname || '.' || relname, jsonb_build_array(n_tup_ins, n_tup_upd, n_tup_del)), '{}')
    FROM pg_catalog.pg_stat_xact_user_tables
    WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND schemaname NOT LIKE 'pg\_temp%'
$$;

-- Raise SQLSTATE C2B05 unless this transaction, since `before` was read, wrote exactly the `planned` rows.  The tables that
-- CLERK_TO_BETTERAUTH_ACCEPT_WRITES lists may have been written too.
CREATE FUNCTION pg_temp.assert_row_changes(before jsonb, planned jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    differences text;
BEGIN
    SELECT string_agg(
        format('%s: planned %s, written %s (rows inserted, updated, deleted)', each.name, each.planned, each.written),
        E'\n' ORDER BY each.name)
    INTO differences
    FROM (
        SELECT name,
            coalesce(planned -> name, '[0, 0, 0]') AS planned,
            jsonb_build_array(
                coalesce((now -> name ->> 0)::bigint, 0) - coalesce((before -> name ->> 0)::bigint, 0),
                coalesce((now -> name ->> 1)::bigint, 0) - coalesce((before -> name ->> 1)::bigint, 0),
                coalesce((now -> name ->> 2)::bigint, 0) - coalesce((before -> name ->> 2)::bigint, 0)) AS written
        FROM (SELECT pg_temp.count_row_changes() AS now OFFSET 0) AS counted
        CROSS JOIN LATERAL (
            SELECT jsonb_object_keys(now) UNION SELECT jsonb_object_keys(planned)) AS keys (name)
    ) AS each
    CROSS JOIN pg_temp.run
    WHERE each.planned <> each.written AND each.name <> ALL (run.accept_writes);
    IF differences IS NOT NULL THEN
        RAISE EXCEPTION 'a batch would have written other rows than planned' USING ERRCODE = 'C2B05', DETAIL = differences;
    END IF;
END
$$;

-- Raise SQLSTATE C2B01 unless the run's lock is still held by the session `holder`.
CREATE FUNCTION pg_temp.assert_lock(holder int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'advisory' AND l.classid = 1127367233 AND l.objid = 1 AND l.granted AND l.pid = holder;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lock of the run was lost' USING ERRCODE = 'C2B01';
    END IF;
END
$$;
