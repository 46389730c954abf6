"""LobeChat's migration 0028_oauth_handoffs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered, timestamps

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "oauth_handoffs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("client", sa.String(50), nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
    )


downgrade = not_offered
