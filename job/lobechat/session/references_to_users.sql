-- Every column of a table that refers to public.users by id: what belongs to a user.
CREATE TEMPORARY VIEW references_to_users AS
SELECT k.conrelid::regclass AS table_name, a.attname AS column_name
FROM pg_catalog.pg_constraint k
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS pair (referencing, referenced)
JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.referencing
JOIN pg_catalog.pg_attribute id ON id.attrelid = k.confrelid AND id.attnum = pair.referenced
WHERE k.contype = 'f' AND k.confrelid = 'public.users'::regclass AND k.conparentid = 0 AND id.attname = 'id';
