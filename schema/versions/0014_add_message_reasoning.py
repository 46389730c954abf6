"""LobeChat's migration 0014_add_message_reasoning."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("messages", sa.Column("reasoning", JSONB))


downgrade = not_offered
