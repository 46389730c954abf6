"""Clerk's users become rows in the session's temporary tables."""
