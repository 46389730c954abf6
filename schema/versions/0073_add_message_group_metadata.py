"""LobeChat's migration 0073_add_message_group_metadata."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0073"
down_revision = "0072"


def upgrade() -> None:
    op.add_column("message_groups", sa.Column("metadata", JSONB))


downgrade = not_offered
