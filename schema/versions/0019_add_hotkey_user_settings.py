"""LobeChat's migration 0019_add_hotkey_user_settings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("user_settings", sa.Column("hotkey", JSONB))


downgrade = not_offered
