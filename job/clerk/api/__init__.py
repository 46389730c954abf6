"""Clerk's Backend API: the client, what its answers mean, the rate limit."""
