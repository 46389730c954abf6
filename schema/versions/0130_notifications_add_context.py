"""LobeChat's migration 0130_notifications_add_context."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0130"
down_revision = "0129"


def upgrade() -> None:
    op.add_column("notifications", sa.Column("context", sa.Text))


downgrade = not_offered
