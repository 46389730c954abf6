-- Constraints and unique indexes on LobeChat's tables, and foreign keys of others that lead to a column that the job
-- writes.  LobeChat's own lead to `id` alone, and none to a session, which late rescue deletes.
WITH ours AS (
    SELECT c.oid, n.nspname, c.relname
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid IN (SELECT pg_catalog.to_regclass(name) FROM pg_catalog.unnest(CAST(:tables AS text[])) AS name)
)
SELECT o.relname AS ours,
       o.nspname || '.' || o.relname AS "table",
       k.conname AS name,
       pg_catalog.pg_get_constraintdef(k.oid) AS definition,
       pg_catalog.format('ALTER TABLE %I.%I DROP CONSTRAINT %I', o.nspname, o.relname, k.conname) AS statement,
       pg_catalog.format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', o.nspname, o.relname, k.conname,
                         pg_catalog.pg_get_constraintdef(k.oid)) AS undo
FROM ours o
JOIN pg_catalog.pg_constraint k ON k.conrelid = o.oid
WHERE k.contype IN ('p', 'u', 'f', 'c', 'x')
UNION ALL
SELECT o.relname,
       o.nspname || '.' || o.relname,
       i.relname,
       pg_catalog.pg_get_indexdef(x.indexrelid),
       pg_catalog.format('DROP INDEX %I.%I', o.nspname, i.relname),
       pg_catalog.pg_get_indexdef(x.indexrelid)
FROM ours o
JOIN pg_catalog.pg_index x ON x.indrelid = o.oid
JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
WHERE x.indisunique
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = x.indexrelid AND k.conrelid = o.oid)
UNION ALL
SELECT '',
       n.nspname || '.' || c.relname,
       k.conname,
       pg_catalog.pg_get_constraintdef(k.oid),
       pg_catalog.format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname),
       pg_catalog.format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname,
                         pg_catalog.pg_get_constraintdef(k.oid))
FROM ours o
JOIN pg_catalog.pg_constraint k ON k.confrelid = o.oid AND k.contype = 'f'
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE EXISTS (SELECT FROM pg_catalog.pg_attribute a
              WHERE a.attrelid = o.oid AND a.attnum = ANY (k.confkey)
                AND (a.attname <> 'id' OR o.relname = 'auth_sessions'))
ORDER BY 2, 3
