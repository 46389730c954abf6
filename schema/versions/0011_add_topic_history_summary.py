"""LobeChat's migration 0011_add_topic_history_summary."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("topics", sa.Column("history_summary", sa.Text))
    op.add_column("topics", sa.Column("metadata", JSONB))


downgrade = not_offered
