"""The export: all users of Clerk's API into clerk_users.json."""
