"""LobeChat's migration 0058_add_source_into_user_plugins."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    op.add_column("user_installed_plugins", sa.Column("source", sa.String(255)))


downgrade = not_offered
