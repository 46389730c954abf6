"""LobeChat's migration 0099_topic_status_tasks_automation_mode."""

import sqlalchemy as sa
from alembic import op

from schema.types import TIMESTAMPTZ, not_offered

revision = "0099"
down_revision = "0098"


def upgrade() -> None:
    op.add_column("tasks", sa.Column("automation_mode", sa.Text))
    op.alter_column("tasks", "heartbeat_interval", server_default=None)
    op.add_column("topics", sa.Column("status", sa.Text))
    op.add_column("topics", sa.Column("completed_at", TIMESTAMPTZ))
    op.create_index("tasks_automation_mode_idx", "tasks", ["automation_mode"])
    op.create_index("topics_status_idx", "topics", ["status"])
    op.create_index("topics_user_id_completed_at_idx", "topics", ["user_id", "completed_at"])


downgrade = not_offered
