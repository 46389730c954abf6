-- Address and name of some users, as they are after the migration: a dry run has them from the plan.
-- :user_ids is an array of text.
SELECT
    wanted.id,
    coalesce(planned.new_email, u.email) AS email,
    coalesce(
        planned.new_full_name, nullif(u.full_name, ''),
        nullif(concat_ws(' ', coalesce(planned.new_first_name, u.first_name),
            coalesce(planned.new_last_name, u.last_name)), '')
    ) AS name
FROM unnest(CAST(:user_ids AS text[])) AS wanted (id)
LEFT JOIN public.users AS u ON u.id = wanted.id
LEFT JOIN pg_temp.plan_users AS planned ON planned.id = wanted.id
