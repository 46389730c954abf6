-- Every conflict, for the report.
SELECT DISTINCT user_id, code, other_id FROM pg_temp.conflicts ORDER BY user_id, code, other_id;
