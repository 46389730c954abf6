"""LobeChat's migration 0122_verify_visibility_and_check_user_decision."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0122"
down_revision = "0121"


def upgrade() -> None:
    for table in ("acceptances", "verify_runs"):
        op.add_column(table, sa.Column("visibility", sa.Text, server_default="public", nullable=False))
        op.execute(f"UPDATE public.{table} SET visibility = 'private' WHERE workspace_id IS NOT NULL")
    op.add_column("verify_check_results", sa.Column("user_decision_detail", JSONB))
    op.create_index("acceptances_workspace_visibility_idx", "acceptances", ["workspace_id", "visibility", "user_id"])


downgrade = not_offered
