-- Enabled triggers on LobeChat's tables that fire for what the job writes; a foreign key's own triggers left aside.
SELECT n.nspname || '.' || c.relname AS "table",
       t.tgname AS name,
       fn.nspname || '.' || f.proname AS function,
       t.tgtype & 66 = 0 AS after_the_write,
       f.prosrc || ' ' || pg_catalog.encode(t.tgargs, 'escape') AS source,
       pg_catalog.format('ALTER TABLE %I.%I DISABLE TRIGGER %I', n.nspname, c.relname, t.tgname) AS statement,
       pg_catalog.format('ALTER TABLE %I.%I ENABLE%s TRIGGER %I', n.nspname, c.relname,
                         CASE t.tgenabled WHEN 'A' THEN ' ALWAYS' ELSE '' END, t.tgname) AS undo
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_proc f ON f.oid = t.tgfoid
JOIN pg_catalog.pg_namespace fn ON fn.oid = f.pronamespace
WHERE NOT t.tgisinternal
  AND t.tgenabled IN ('O', 'A')
  AND t.tgtype & 28 <> 0 -- INSERT, DELETE or UPDATE; not TRUNCATE alone
  AND c.oid IN (SELECT pg_catalog.to_regclass(name) FROM pg_catalog.unnest(CAST(:tables AS text[])) AS name)
ORDER BY 1, 2
