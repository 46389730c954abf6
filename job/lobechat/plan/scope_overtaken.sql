-- The next plan is about the users alone whom LobeChat overtook; all others are as the batches wrote them.
TRUNCATE pg_temp.plan_scope;
INSERT INTO pg_temp.plan_scope (id) SELECT DISTINCT o.user_id FROM pg_temp.overtaken o;
TRUNCATE pg_temp.overtaken;
