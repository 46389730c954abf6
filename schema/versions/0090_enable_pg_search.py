"""LobeChat's migration 0090_enable_pg_search: ParadeDB's extension, which C2B_PG_SEARCH=skip goes past."""

from alembic import op

from schema.types import not_offered

revision = "0090"
down_revision = "0089"


def upgrade() -> None:
    # An extension that names no schema of its own goes where LobeChat's migrator would put it.
    op.execute("""
        DO $$ BEGIN
            EXECUTE 'CREATE EXTENSION IF NOT EXISTS pg_search' || CASE WHEN EXISTS (
                SELECT FROM pg_available_extensions a JOIN pg_available_extension_versions v USING (name)
                WHERE name = 'pg_search' AND v.version = a.default_version AND v.schema IS NULL)
                THEN ' WITH SCHEMA public' ELSE '' END;
        END $$
    """)


downgrade = not_offered
