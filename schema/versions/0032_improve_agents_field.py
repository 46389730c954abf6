"""LobeChat's migration 0032_improve_agents_field."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.alter_column("agents", "title", type_=sa.String(255))
    op.alter_column("agents", "description", type_=sa.String(1000))


downgrade = not_offered
