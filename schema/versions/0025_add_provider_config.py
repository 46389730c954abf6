"""LobeChat's migration 0025_add_provider_config."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("ai_providers", sa.Column("config", JSONB))


downgrade = not_offered
