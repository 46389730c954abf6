-- Enabled rewrite rules on LobeChat's tables.
SELECT n.nspname || '.' || c.relname AS "table",
       r.rulename AS name,
       pg_catalog.format('ALTER TABLE %I.%I DISABLE RULE %I', n.nspname, c.relname, r.rulename) AS statement,
       pg_catalog.format('ALTER TABLE %I.%I ENABLE%s RULE %I', n.nspname, c.relname,
                         CASE r.ev_enabled WHEN 'A' THEN ' ALWAYS' ELSE '' END, r.rulename) AS undo
FROM pg_catalog.pg_rewrite r
JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN'
  AND r.ev_enabled IN ('O', 'A')
  AND c.oid IN (SELECT pg_catalog.to_regclass(name) FROM pg_catalog.unnest(CAST(:tables AS text[])) AS name)
ORDER BY 1, 2
