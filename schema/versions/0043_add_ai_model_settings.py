"""LobeChat's migration 0043_add_ai_model_settings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.add_column("ai_models", sa.Column("settings", JSONB, server_default="{}"))


downgrade = not_offered
