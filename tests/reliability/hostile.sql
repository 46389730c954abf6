-- What a role that may create in `public` can put there to be called by others: a function for every signature of the
-- functions that the job names, an operator for every signature of the types that it compares, also for types that fit
-- closer than PostgreSQL's own; and types under the names of PostgreSQL's.  Each raises when it is called.
-- `names` is an array of the functions' names.
SET LOCAL search_path = pg_catalog; -- or this falls into its own traps
DO $hostile$
DECLARE
    one record;
    closer text;
    made int := 0;
BEGIN
    FOR one IN
        SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS arguments, p.proretset,
            array_to_string(ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes::oid[]) AS t), ', ') AS types
        FROM pg_catalog.pg_proc p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = ANY (%(names)s)
    LOOP
        FOR closer IN
            SELECT DISTINCT regexp_replace(regexp_replace(
                replace(replace(one.types, 'name', each.type), 'regclass', each.type),
                '\m(anyelement|anycompatible|"any"|anynonarray)(?!\[)', each.type, 'g'),
                '\m(anyarray|anycompatiblearray)\M', each.type || '[]', 'g')
            FROM unnest(ARRAY['text', 'jsonb', 'bigint', 'integer', 'boolean', 'bytea', 'record', 'name', 'oid',
                'timestamp with time zone', 'xid', 'public.users', 'public.accounts', 'public.two_factor', 'anyelement']
            ) AS each (type)
            UNION SELECT one.types
        LOOP
            BEGIN
                EXECUTE format('CREATE FUNCTION public.%%I(%%s) RETURNS text LANGUAGE plpgsql AS'
                    ' ''BEGIN RAISE EXCEPTION ''''hostile function %%s''''; END''', one.proname, closer, one.proname);
                made := made + 1;
            EXCEPTION WHEN OTHERS THEN NULL; -- no such signature can be made
            END;
        END LOOP;
    END LOOP;
    CREATE FUNCTION public.hostile(anyelement, anyelement) RETURNS boolean LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION ''hostile operator''; END';
    FOR one IN
        SELECT DISTINCT o.oprname, t.typname
        FROM pg_catalog.pg_operator o
        CROSS JOIN (VALUES ('text'), ('varchar'), ('jsonb'), ('int8'), ('int4'), ('bool'), ('bytea'), ('xid'), ('timestamptz'),
            ('timestamp'), ('oid'), ('name'), ('public.users'), ('public.accounts')) AS t (typname)
        WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprkind = 'b'
    LOOP
        BEGIN
            EXECUTE format('CREATE FUNCTION public.hostile(%%1$s, %%1$s) RETURNS boolean LANGUAGE plpgsql AS'
                ' ''BEGIN RAISE EXCEPTION ''''hostile operator''''; END''', one.typname);
        EXCEPTION WHEN duplicate_function THEN NULL;
        END;
        BEGIN
            EXECUTE format('CREATE OPERATOR public.%%1$s (LEFTARG = %%2$s, RIGHTARG = %%2$s, PROCEDURE = public.hostile)',
                one.oprname, one.typname);
            made := made + 1;
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
    END LOOP;
    FOR one IN SELECT unnest(ARRAY['text', 'bigint', 'int8', 'int', 'int4', 'boolean', 'jsonb', 'bytea', 'xid', 'xid8', 'timestamptz',
        'timestamp', 'regclass', 'row_action', 'user_action']) AS typname
    LOOP
        EXECUTE format('CREATE TYPE public.%%I AS ENUM (''hostile'')', one.typname);
        made := made + 1;
    END LOOP;
    IF made < 500 THEN
        RAISE EXCEPTION 'only %% traps were made', made;
    END IF;
END
$hostile$;
