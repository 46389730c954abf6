"""LobeChat's migration 0114_add_verify_run_scenario_context."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0114"
down_revision = "0113"


def upgrade() -> None:
    op.add_column("verify_runs", sa.Column("scenario", sa.Text))
    op.add_column("verify_runs", sa.Column("context", JSONB))
    op.add_column("verify_runs", sa.Column("metadata", JSONB))


downgrade = not_offered
