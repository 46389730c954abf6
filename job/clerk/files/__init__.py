"""The files that come from Clerk: the dashboard's CSV, clerk_users.json, the guide's export."""
