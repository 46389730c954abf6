"""The job: carries the users of a self-hosted LobeChat from Clerk to Better Auth."""
