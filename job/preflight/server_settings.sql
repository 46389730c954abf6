-- The settings of the server that checks look at, as this session has them, and where each comes from.
SELECT s.name AS name,
       s.setting AS value,
       s.source AS source,
       pg_catalog.quote_ident(pg_catalog.current_database()) AS database,
       pg_catalog.quote_ident(SESSION_USER) AS role,
       pg_catalog.pg_is_in_recovery() AS replica
FROM pg_catalog.pg_settings s
WHERE s.name IN ('server_encoding', 'default_transaction_read_only', 'track_counts')
