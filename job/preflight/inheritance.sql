-- Partitioned tables among LobeChat's, and tables that inherit from them or that they inherit from.
WITH ours AS (
    SELECT c.oid, c.relkind, n.nspname || '.' || c.relname AS name
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid IN (SELECT pg_catalog.to_regclass(name) FROM pg_catalog.unnest(CAST(:tables AS text[])) AS name)
)
SELECT o.name AS "table",
       'it is partitioned' AS name,
       'no statement undoes that: put its rows into an ordinary table of that name' AS statement,
       '' AS undo
FROM ours o
WHERE o.relkind = 'p'
UNION ALL
SELECT o.name,
       CASE WHEN o.oid = i.inhparent THEN 'its child table ' || cn.nspname || '.' || c.relname
            ELSE 'it is a child of ' || pn.nspname || '.' || p.relname END,
       pg_catalog.format('ALTER TABLE %I.%I NO INHERIT %I.%I', cn.nspname, c.relname, pn.nspname, p.relname),
       pg_catalog.format('ALTER TABLE %I.%I INHERIT %I.%I', cn.nspname, c.relname, pn.nspname, p.relname)
FROM ours o
JOIN pg_catalog.pg_inherits i ON o.oid IN (i.inhparent, i.inhrelid)
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
WHERE o.relkind <> 'p' AND NOT c.relispartition
UNION ALL
SELECT o.name,
       'it is a partition of ' || pn.nspname || '.' || p.relname,
       pg_catalog.format('ALTER TABLE %I.%I DETACH PARTITION %I.%I', pn.nspname, p.relname, cn.nspname, c.relname),
       'attach it again with its bounds'
FROM ours o
JOIN pg_catalog.pg_inherits i ON o.oid = i.inhrelid
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid AND c.relispartition
JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
ORDER BY 1, 2
