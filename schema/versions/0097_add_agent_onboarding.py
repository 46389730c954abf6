"""LobeChat's migration 0097_add_agent_onboarding."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0097"
down_revision = "0096"


def upgrade() -> None:
    op.add_column("users", sa.Column("agent_onboarding", JSONB))


downgrade = not_offered
