"""LobeChat's migration 0094_agent_bot_providers_add_settings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0094"
down_revision = "0093"


def upgrade() -> None:
    op.add_column("agent_bot_providers", sa.Column("settings", JSONB, server_default="{}"))


downgrade = not_offered
