-- One setting of the server as this session has it, and where it comes from.
SELECT s.setting AS value,
       s.source AS source,
       pg_catalog.quote_ident(pg_catalog.current_database()) AS database,
       pg_catalog.quote_ident(SESSION_USER) AS role,
       pg_catalog.pg_is_in_recovery() AS replica
FROM pg_catalog.pg_settings s
WHERE s.name = :name
