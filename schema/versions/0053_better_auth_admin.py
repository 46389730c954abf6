"""LobeChat's migration 0053_better_auth_admin."""

import sqlalchemy as sa
from alembic import op

from schema.types import TIMESTAMPTZ, not_offered

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    op.add_column("auth_sessions", sa.Column("impersonated_by", sa.Text))
    op.add_column("users", sa.Column("role", sa.Text))
    op.add_column("users", sa.Column("banned", sa.Boolean, server_default=sa.false()))
    op.add_column("users", sa.Column("ban_reason", sa.Text))
    op.add_column("users", sa.Column("ban_expires", TIMESTAMPTZ))


downgrade = not_offered
