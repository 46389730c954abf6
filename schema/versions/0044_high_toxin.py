"""LobeChat's migration 0044_high_toxin."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.add_column("agents", sa.Column("market_identifier", sa.Text))


downgrade = not_offered
