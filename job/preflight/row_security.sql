-- LobeChat's tables whose row-level security holds for the job's role: for another's, or forced upon the owner.
SELECT n.nspname || '.' || c.relname AS "table",
       pg_catalog.concat_ws(', ', VARIADIC coalesce(
           (SELECT pg_catalog.array_agg(p.polname::text ORDER BY p.polname) FROM pg_catalog.pg_policy p
            WHERE p.polrelid = c.oid), ARRAY['no policy, so that no row is seen'])) AS name,
       pg_catalog.format('ALTER TABLE %I.%I DISABLE ROW LEVEL SECURITY', n.nspname, c.relname) AS statement,
       pg_catalog.format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', n.nspname, c.relname) AS undo
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relrowsecurity
  AND pg_catalog.row_security_active(c.oid)
  AND c.oid IN (SELECT pg_catalog.to_regclass(name) FROM pg_catalog.unnest(CAST(:tables AS text[])) AS name)
ORDER BY 1
