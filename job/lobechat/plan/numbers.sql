-- The plan's numbers, as one JSON value: rows of each table (of users: users) by what happens to them, and the batches in
-- their order, each with its number and its users who have something to do; movers are in batch 0.
SELECT jsonb_build_object(
    'numbers', (
        SELECT coalesce(jsonb_agg(jsonb_build_array(counted.table_name, counted.action, counted.number)), '[]')
        FROM (
            SELECT 'users' AS table_name, p.action::text AS action, count(*) AS number
            FROM pg_temp.plan_users p GROUP BY p.action
            UNION ALL
            SELECT 'accounts', a.action::text, count(*) FROM pg_temp.plan_accounts a GROUP BY a.action
            UNION ALL
            SELECT 'two_factor', t.action::text, count(*) FROM pg_temp.plan_two_factor t GROUP BY t.action
            UNION ALL -- named twice by the input, and so in no plan
            SELECT 'users', 'conflict', count(DISTINCT c.user_id)
            FROM pg_temp.conflicts c
            WHERE NOT EXISTS (SELECT FROM pg_temp.plan_users p WHERE p.id = c.user_id)
            HAVING count(*) > 0
        ) AS counted
    ),
    'batches', (
        SELECT coalesce(jsonb_agg(jsonb_build_array(cut.batch, cut.users) ORDER BY cut.batch), '[]')
        FROM (
            SELECT w.batch, count(*) AS users
            FROM pg_temp.users_to_write w
            GROUP BY w.batch
        ) AS cut
    )
) AS plan;
