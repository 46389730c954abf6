"""Alembic revisions 0000 to 0075 that match LobeChat's tables, and the check that runs first."""
