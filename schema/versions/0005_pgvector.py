"""LobeChat's migration 0005_pgvector."""

from alembic import op

from schema.types import not_offered

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public")


downgrade = not_offered
