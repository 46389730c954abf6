-- Some of LobeChat's users that came from Clerk, at random; their ids are Clerk's.  LobeChat 2 makes shorter ids.
SELECT u.id
FROM public.users u
WHERE u.clerk_created_at IS NOT NULL OR u.id ~ '^user_[0-9A-Za-z]{27}$'
ORDER BY pg_catalog.random()
LIMIT :number
