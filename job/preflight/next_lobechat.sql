-- What the server has of the extension pg_search.  preload: NULL where the role may not read the setting; loaded: the
-- library is in this server process, as its settings show.
SELECT
    (SELECT a.default_version FROM pg_catalog.pg_available_extensions a WHERE a.name = 'pg_search') AS available,
    (SELECT e.extversion FROM pg_catalog.pg_extension e WHERE e.extname = 'pg_search') AS installed,
    (SELECT s.setting FROM pg_catalog.pg_settings s WHERE s.name = 'shared_preload_libraries') AS preload,
    EXISTS (SELECT FROM pg_catalog.pg_settings s WHERE s.name LIKE 'paradedb.%') AS loaded,
    pg_catalog.current_setting('server_version_num')::int / 10000 AS major
