-- Whether anybody's newcomer gave up sessions and values that a rollback gives back.
SELECT EXISTS (SELECT FROM clerk_to_betterauth.newcomers n);
