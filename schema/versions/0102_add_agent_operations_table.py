"""LobeChat's migration 0102_add_agent_operations_table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamps

revision = "0102"
down_revision = "0101"


def upgrade() -> None:
    op.create_table(
        "agent_operations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text),
        sa.Column("topic_id", sa.Text),
        sa.Column("thread_id", sa.Text),
        sa.Column("task_id", sa.Text),
        sa.Column("chat_group_id", sa.Text),
        sa.Column("parent_operation_id", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("completion_reason", sa.Text),
        sa.Column("started_at", TIMESTAMPTZ),
        sa.Column("completed_at", TIMESTAMPTZ),
        sa.Column("step_count", sa.Integer),
        sa.Column("max_steps", sa.Integer),
        sa.Column("force_finish", sa.Boolean),
        sa.Column("interruption", JSONB),
        sa.Column("error", JSONB),
        sa.Column("total_cost", sa.Numeric(20, 6)),
        sa.Column("currency", sa.Text, server_default="USD", nullable=False),
        sa.Column("total_input_tokens", sa.Integer),
        sa.Column("total_output_tokens", sa.Integer),
        sa.Column("total_tokens", sa.Integer),
        sa.Column("llm_calls", sa.Integer),
        sa.Column("tool_calls", sa.Integer),
        sa.Column("human_interventions", sa.Integer),
        sa.Column("processing_time_ms", sa.Integer),
        sa.Column("human_waiting_time_ms", sa.Integer),
        sa.Column("cost", JSONB),
        sa.Column("usage", JSONB),
        sa.Column("cost_limit", JSONB),
        sa.Column("model", sa.Text),
        sa.Column("provider", sa.Text),
        sa.Column("model_runtime_config", JSONB),
        sa.Column("trigger", sa.Text),
        sa.Column("app_context", JSONB),
        sa.Column("trace_s3_key", sa.Text),
        sa.Column("metadata", JSONB, server_default="{}"),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="agent_operations_agent_id_agents_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="agent_operations_topic_id_topics_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name="agent_operations_thread_id_threads_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name="agent_operations_task_id_tasks_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["chat_group_id"],
            ["chat_groups.id"],
            name="agent_operations_chat_group_id_chat_groups_id_fk",
            ondelete="SET NULL",
        ),
    )
    op.create_index("agent_operations_parent_operation_id_idx", "agent_operations", ["parent_operation_id"])
    op.create_index("agent_operations_chat_group_id_idx", "agent_operations", ["chat_group_id"])
    op.create_index("agent_operations_agent_id_idx", "agent_operations", ["agent_id"])
    op.create_index("agent_operations_user_id_idx", "agent_operations", ["user_id"])
    op.create_index("agent_operations_status_idx", "agent_operations", ["status"])
    op.create_index("agent_operations_topic_id_idx", "agent_operations", ["topic_id"])
    op.create_index("agent_operations_metadata_idx", "agent_operations", ["metadata"], postgresql_using="gin")
    op.create_index("agent_operations_task_id_idx", "agent_operations", ["task_id"])
    op.create_index("agent_operations_user_id_created_at_idx", "agent_operations", ["user_id", "created_at"])
    op.create_index("agent_operations_thread_id_idx", "agent_operations", ["thread_id"])


downgrade = not_offered
