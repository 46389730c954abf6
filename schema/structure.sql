-- The structure of the schema public, of the given tables alone unless everything is asked for.  The first row names the schema
-- that pgvector is in or will be created in, the next the other extensions; then come each table's columns in their
-- order, its constraints, its indexes and its storage options.
WITH tables AS (
    SELECT oid, relname, reloptions FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'alembic_version'
      AND (:everything OR relname = ANY(:tables))
), found AS (
    SELECT 1 AS position, 'pgvector' AS part, NULL::name AS table_name, 0 AS number,
           coalesce((SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                     WHERE e.extname = 'vector'), 'public') AS name,
           NULL AS definition, NULL::boolean AS nullable, NULL AS default_value, NULL::"char" AS identity
    UNION ALL
    SELECT 2, 'extension', NULL, 0, extname, NULL, NULL, NULL, NULL FROM pg_extension WHERE extname <> 'plpgsql'
    UNION ALL
    SELECT 3, 'columns', t.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
           pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity, '')
    FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT 4, 'constraints', t.relname, 0, k.conname, pg_get_constraintdef(k.oid), NULL, NULL, NULL
    FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid
    WHERE k.contype IN ('p', 'u', 'f', 'c', 'x')
    UNION ALL
    SELECT 5, 'indexes', t.relname, 0, i.relname, pg_get_indexdef(x.indexrelid), NULL, NULL, NULL
    FROM tables t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
    UNION ALL
    SELECT 6, 'options', t.relname, 0, NULL, option, NULL, NULL, NULL
    FROM tables t CROSS JOIN unnest(t.reloptions) AS option
)
SELECT part, table_name, name, definition, nullable, default_value, identity
FROM found
ORDER BY position, table_name, number, name, definition
