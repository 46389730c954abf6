-- What of the ledger belongs to another role than the job's: its schema, or a table in it.
SELECT 'the schema clerk_to_betterauth belongs to ' || pg_catalog.pg_get_userbyid(n.nspowner) AS what,
       'ALTER SCHEMA clerk_to_betterauth OWNER TO ' || pg_catalog.quote_ident(CURRENT_USER) AS statement
FROM pg_catalog.pg_namespace n
WHERE n.nspname = 'clerk_to_betterauth' AND n.nspowner <> (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER)
UNION ALL
SELECT 'clerk_to_betterauth.' || c.relname || ' belongs to ' || pg_catalog.pg_get_userbyid(c.relowner),
       pg_catalog.format('ALTER TABLE clerk_to_betterauth.%I OWNER TO %I', c.relname, CURRENT_USER)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'clerk_to_betterauth' AND c.relkind NOT IN ('i', 'I', 'S', 't', 'c')
  AND c.relowner <> (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER)
