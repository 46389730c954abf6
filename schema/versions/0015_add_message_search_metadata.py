"""LobeChat's migration 0015_add_message_search_metadata."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("messages", sa.Column("search", JSONB))
    op.add_column("messages", sa.Column("metadata", JSONB))


downgrade = not_offered
