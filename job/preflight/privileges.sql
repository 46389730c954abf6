-- What the job's role may not do of what migrate does, and the statement that allows it.
WITH me AS (
    SELECT pg_catalog.quote_ident(CURRENT_USER) AS role, pg_catalog.quote_ident(pg_catalog.current_database()) AS db
), needed (what, held, statement) AS (
    SELECT 'make temporary tables',
           pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY'),
           'GRANT TEMPORARY ON DATABASE ' || me.db || ' TO ' || me.role
    FROM me
    UNION ALL
    SELECT 'make the schema clerk_to_betterauth',
           pg_catalog.to_regnamespace('clerk_to_betterauth') IS NOT NULL
           OR pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'),
           'GRANT CREATE ON DATABASE ' || me.db || ' TO ' || me.role
    FROM me
    UNION ALL
    SELECT 'use the schema public',
           pg_catalog.has_schema_privilege('public', 'USAGE'),
           'GRANT USAGE ON SCHEMA public TO ' || me.role
    FROM me
    UNION ALL
    SELECT privilege || ' on public.' || c.relname,
           pg_catalog.has_any_column_privilege(c.oid, privilege),
           'GRANT ' || privilege || ' ON public.' || c.relname || ' TO ' || me.role
    FROM me, pg_catalog.unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS privilege, pg_catalog.pg_class c
    WHERE c.oid IN (pg_catalog.to_regclass('public.users'), pg_catalog.to_regclass('public.accounts'),
                    pg_catalog.to_regclass('public.two_factor'))
    UNION ALL -- late rescue ends sessions, and looks whether anything hangs on a user
    SELECT 'DELETE on public.auth_sessions',
           pg_catalog.has_table_privilege(c.oid, 'DELETE'),
           'GRANT DELETE ON public.auth_sessions TO ' || me.role
    FROM me, pg_catalog.pg_class c
    WHERE :relink AND c.oid = pg_catalog.to_regclass('public.auth_sessions')
    UNION ALL
    SELECT DISTINCT 'SELECT on ' || k.conrelid::pg_catalog.regclass::text,
           pg_catalog.has_any_column_privilege(k.conrelid, 'SELECT'),
           'GRANT SELECT ON ' || k.conrelid::pg_catalog.regclass::text || ' TO ' || me.role
    FROM me, pg_catalog.pg_constraint k
    WHERE :relink AND k.contype = 'f' AND k.confrelid = pg_catalog.to_regclass('public.users')
      AND k.conrelid NOT IN (pg_catalog.to_regclass('public.accounts'), pg_catalog.to_regclass('public.two_factor'))
)
SELECT what AS name, statement FROM needed WHERE NOT held ORDER BY 2
