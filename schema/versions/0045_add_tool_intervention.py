"""LobeChat's migration 0045_add_tool_intervention."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.add_column("message_plugins", sa.Column("intervention", JSONB))


downgrade = not_offered
