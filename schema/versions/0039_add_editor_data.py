"""LobeChat's migration 0039_add_editor_data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.add_column("documents", sa.Column("editor_data", JSONB))


downgrade = not_offered
