-- The next plan is about all of Clerk's users.
TRUNCATE pg_temp.plan_scope, pg_temp.overtaken;
