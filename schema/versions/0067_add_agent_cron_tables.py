"""LobeChat's migration 0067_add_agent_cron_tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered, timestamps

revision = "0067"
down_revision = "0066"


def upgrade() -> None:
    op.create_table(
        "agent_cron_jobs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("group_id", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("enabled", sa.Boolean, server_default=sa.true()),
        sa.Column("cron_pattern", sa.Text, nullable=False),
        sa.Column("timezone", sa.Text, server_default="UTC"),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("edit_data", JSONB),
        sa.Column("max_executions", sa.Integer),
        sa.Column("remaining_executions", sa.Integer),
        sa.Column("execution_conditions", JSONB),
        sa.Column("last_executed_at", sa.DateTime),
        sa.Column("total_executions", sa.Integer, server_default=sa.text("0")),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="agent_cron_jobs_agent_id_agents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["chat_groups.id"], name="agent_cron_jobs_group_id_chat_groups_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_cron_jobs_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("agent_cron_jobs_agent_id_idx", "agent_cron_jobs", ["agent_id"])
    op.create_index("agent_cron_jobs_group_id_idx", "agent_cron_jobs", ["group_id"])
    op.create_index("agent_cron_jobs_user_id_idx", "agent_cron_jobs", ["user_id"])
    op.create_index("agent_cron_jobs_last_executed_at_idx", "agent_cron_jobs", ["last_executed_at"])
    op.create_index("agent_cron_jobs_enabled_idx", "agent_cron_jobs", ["enabled"])
    op.create_index("agent_cron_jobs_remaining_executions_idx", "agent_cron_jobs", ["remaining_executions"])
    op.add_column("topics", sa.Column("trigger", sa.Text))
    op.add_column("topics", sa.Column("mode", sa.Text))


downgrade = not_offered
