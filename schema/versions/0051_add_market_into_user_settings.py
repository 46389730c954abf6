"""LobeChat's migration 0051_add_market_into_user_settings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    op.add_column("user_settings", sa.Column("market", JSONB))


downgrade = not_offered
