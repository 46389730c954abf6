-- Empty the plan's tables for a new plan from the same staged rows.
TRUNCATE pg_temp.plan_users, pg_temp.plan_kept_values, pg_temp.plan_accounts, pg_temp.plan_two_factor,
    pg_temp.conflicts, pg_temp.plan_newcomers, pg_temp.plan_newcomer_accounts,
    pg_temp.refused_domains, pg_temp.sign_in;
