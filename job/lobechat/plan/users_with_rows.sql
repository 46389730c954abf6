-- A user whose own row stays as it is, but whose link, password or second factor is written, or whom a
-- newcomer joins, is updated as a whole.
UPDATE pg_temp.plan_users p
SET action = 'update'
WHERE p.action IN ('unchanged', 'changed_since')
  AND (EXISTS (SELECT FROM pg_temp.plan_accounts a WHERE a.user_id = p.id AND a.action IN ('insert', 'update'))
    OR EXISTS (SELECT FROM pg_temp.plan_two_factor t WHERE t.user_id = p.id AND t.action IN ('insert', 'update'))
    OR EXISTS (SELECT FROM pg_temp.newcomers_to_join n WHERE n.user_id = p.id));
