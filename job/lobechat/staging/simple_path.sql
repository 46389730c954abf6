-- The users whose address a sign-in would not find, and those whom an earlier run put right.
INSERT INTO pg_temp.staged_users (id, email, in_api, in_csv)
SELECT u.id, CASE WHEN a.user_id IS NULL THEN nullif(u.email, '') ELSE a.email END, true, false
FROM public.users AS u
LEFT JOIN pg_temp.staged_addresses AS a ON a.user_id = u.id
LEFT JOIN pg_temp.last_written_users AS l ON l.id = u.id
WHERE a.user_id IS NOT NULL OR u.email = '' OR l.id IS NOT NULL
