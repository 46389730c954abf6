-- Users by their way in.
SELECT class, count(*) FROM pg_temp.sign_in GROUP BY class;
