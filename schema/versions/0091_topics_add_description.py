"""LobeChat's migration 0091_topics_add_description."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0091"
down_revision = "0090"


def upgrade() -> None:
    op.add_column("topics", sa.Column("description", sa.Text))


downgrade = not_offered
