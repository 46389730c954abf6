"""LobeChat's migration 0100_add_metadata_and_trigger_to_briefs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0100"
down_revision = "0099"


def upgrade() -> None:
    op.add_column("briefs", sa.Column("trigger", sa.String(255)))
    op.add_column("briefs", sa.Column("metadata", JSONB))
    op.create_index("briefs_trigger_idx", "briefs", ["trigger"])


downgrade = not_offered
