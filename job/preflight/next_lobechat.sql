-- What the server has of the extension pg_search.  preload: NULL where the role may not read the setting; loaded: the
-- library is in this server process, as its settings show; creatable: the role could make the extension, as a superuser
-- or, where it is trusted, with CREATE on the database (PostgreSQL's documentation of CREATE EXTENSION).
SELECT
    (SELECT a.default_version FROM pg_catalog.pg_available_extensions a WHERE a.name = 'pg_search') AS available,
    (SELECT e.extversion FROM pg_catalog.pg_extension e WHERE e.extname = 'pg_search') AS installed,
    (SELECT s.setting FROM pg_catalog.pg_settings s WHERE s.name = 'shared_preload_libraries') AS preload,
    EXISTS (
        SELECT
        FROM pg_catalog.pg_available_extensions a
        JOIN pg_catalog.pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
        JOIN pg_catalog.pg_roles r ON r.rolname = CURRENT_USER
        WHERE a.name = 'pg_search'
          AND (r.rolsuper OR NOT v.superuser
               OR (v.trusted AND pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')))
    ) AS creatable,
    EXISTS (SELECT FROM pg_catalog.pg_settings s WHERE s.name LIKE 'paradedb.%') AS loaded,
    pg_catalog.current_setting('server_version_num')::int / 10000 AS major
