"""LobeChat's migration 0035_add_virtual."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("agents", sa.Column("virtual", sa.Boolean, server_default=sa.false()))


downgrade = not_offered
