"""LobeChat's migration 0068_update_group_data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0068"
down_revision = "0067"


def upgrade() -> None:
    op.add_column("chat_groups", sa.Column("avatar", sa.Text))
    op.add_column("chat_groups", sa.Column("background_color", sa.Text))
    op.add_column("chat_groups", sa.Column("content", sa.Text))
    op.add_column("chat_groups", sa.Column("editor_data", JSONB))


downgrade = not_offered
