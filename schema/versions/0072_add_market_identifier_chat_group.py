"""LobeChat's migration 0072_add_market_identifier_chat_group."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0072"
down_revision = "0071"


def upgrade() -> None:
    op.add_column("chat_groups", sa.Column("market_identifier", sa.Text))


downgrade = not_offered
