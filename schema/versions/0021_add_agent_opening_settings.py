"""LobeChat's migration 0021_add_agent_opening_settings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from schema.types import not_offered

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("agents", sa.Column("opening_message", sa.Text))
    op.add_column("agents", sa.Column("opening_questions", ARRAY(sa.Text), server_default="{}"))


downgrade = not_offered
