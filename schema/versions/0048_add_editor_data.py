"""LobeChat's migration 0048_add_editor_data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    op.add_column("agents", sa.Column("editor_data", JSONB))


downgrade = not_offered
