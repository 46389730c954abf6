-- Enabled event triggers: each can forbid a statement that makes, changes or drops something.
SELECT e.evtname AS name,
       f.proname AS function,
       pg_catalog.format('ALTER EVENT TRIGGER %I DISABLE', e.evtname) AS statement,
       pg_catalog.format('ALTER EVENT TRIGGER %I ENABLE%s', e.evtname,
                         CASE e.evtenabled WHEN 'A' THEN ' ALWAYS' ELSE '' END) AS undo
FROM pg_catalog.pg_event_trigger e
JOIN pg_catalog.pg_proc f ON f.oid = e.evtfoid
WHERE e.evtenabled IN ('O', 'A') AND e.evtevent IN ('ddl_command_start', 'ddl_command_end', 'sql_drop', 'table_rewrite')
ORDER BY 1
