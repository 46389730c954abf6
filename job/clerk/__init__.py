"""Source side: Clerk's API, the dashboard's CSV and the files they become."""
