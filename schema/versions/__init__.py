"""One Alembic revision for each of LobeChat's migrations.  Downgrades are not offered: LobeChat has none either."""
