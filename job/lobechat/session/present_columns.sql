-- The columns of the tables that the job reads, as far as they are there.
SELECT n.nspname || '.' || c.relname AS table_name, a.attname AS column_name
FROM pg_catalog.pg_namespace n
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p')
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE (n.nspname = 'public' AND c.relname IN ('users', 'accounts', 'two_factor'))
   OR (n.nspname = 'clerk_to_betterauth' AND c.relname IN ('batches', 'users', 'accounts', 'two_factor', 'newcomers'));
