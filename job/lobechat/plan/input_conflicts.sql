-- Users whom the input names twice, found before the plan, which needs one row for each: no telling which is the user's.
INSERT INTO pg_temp.conflicts (user_id, code, other_id)
SELECT id, 'conflict_id_twice', id
FROM pg_temp.users_to_plan
GROUP BY id
HAVING count(*) > 1
UNION ALL
SELECT id, 'conflict_id_twice', id
FROM pg_temp.staged_twice;
