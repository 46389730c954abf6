"""LobeChat's migration 0121_add_work_registry_tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered, timestamp, timestamps

revision = "0121"
down_revision = "0120"


def upgrade() -> None:
    _create_works()
    _create_work_versions()


def _create_works() -> None:
    op.create_table(
        "works",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("current_version_id", sa.Uuid),
        sa.Column("resource_type", sa.Text, nullable=False),
        sa.Column("resource_id", sa.Text),
        sa.Column("title", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("identifier", sa.Text),
        sa.Column("status", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("tool_name", sa.Text, nullable=False),
        sa.Column("tool_identifier", sa.Text, nullable=False),
        sa.Column("origin_topic_id", sa.Text),
        sa.Column("origin_thread_id", sa.Text),
        sa.Column("origin_agent_id", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("visibility", sa.Text, nullable=False),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["origin_topic_id"], ["topics.id"], name="works_origin_topic_id_topics_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["origin_thread_id"], ["threads.id"], name="works_origin_thread_id_threads_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["origin_agent_id"], ["agents.id"], name="works_origin_agent_id_agents_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="works_user_id_users_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="works_workspace_id_workspaces_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("works_workspace_id_idx", "works", ["workspace_id"])
    op.create_index("works_origin_topic_id_idx", "works", ["origin_topic_id"])
    op.create_index(
        "works_user_updated_at_id_idx",
        "works",
        ["user_id", "updated_at", "id"],
        postgresql_where=sa.text("workspace_id IS NULL"),
    )
    op.create_index(
        "works_workspace_updated_at_id_idx",
        "works",
        ["workspace_id", "updated_at", "id"],
        postgresql_where=sa.text("workspace_id IS NOT NULL"),
    )
    op.create_index("works_workspace_visibility_idx", "works", ["workspace_id", "visibility", "user_id"])
    op.create_index("works_origin_thread_id_idx", "works", ["origin_thread_id"])
    op.create_index(
        "works_resource_user_unique",
        "works",
        ["resource_type", "resource_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NULL"),
    )
    op.create_index("works_origin_agent_id_idx", "works", ["origin_agent_id"])
    op.create_index(
        "works_resource_workspace_unique",
        "works",
        ["workspace_id", "resource_type", "resource_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NOT NULL"),
    )
    op.create_index("works_user_id_idx", "works", ["user_id"])


def _create_work_versions() -> None:
    op.create_table(
        "work_versions",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("work_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("content", sa.Text),
        sa.Column("identifier", sa.Text),
        sa.Column("status", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("change_type", sa.Text, nullable=False),
        sa.Column("tool_name", sa.Text, nullable=False),
        sa.Column("tool_identifier", sa.Text, nullable=False),
        sa.Column("topic_id", sa.Text),
        sa.Column("thread_id", sa.Text),
        sa.Column("message_id", sa.Text),
        sa.Column("root_operation_id", sa.Text),
        sa.Column("tool_call_id", sa.Text),
        sa.Column("agent_id", sa.Text),
        sa.Column("metadata", JSONB),
        sa.Column("cumulative_cost", sa.Numeric(20, 6)),
        sa.Column("cumulative_usage", JSONB),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(
            ["work_id"], ["works.id"], name="work_versions_work_id_works_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="work_versions_topic_id_topics_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name="work_versions_thread_id_threads_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="work_versions_message_id_messages_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="work_versions_agent_id_agents_id_fk", ondelete="SET NULL"
        ),
    )
    op.create_index(
        "work_versions_topic_thread_created_at_idx", "work_versions", ["topic_id", "thread_id", "created_at"]
    )
    op.create_index(
        "work_versions_work_id_tool_call_id_unique",
        "work_versions",
        ["work_id", "tool_call_id"],
        unique=True,
        postgresql_where=sa.text("tool_call_id IS NOT NULL"),
    )
    op.create_index("work_versions_agent_id_idx", "work_versions", ["agent_id"])
    op.create_index("work_versions_thread_id_idx", "work_versions", ["thread_id"])
    op.create_index("work_versions_topic_created_at_idx", "work_versions", ["topic_id", "created_at"])
    op.create_index("work_versions_message_id_idx", "work_versions", ["message_id"])
    op.create_index("work_versions_work_id_version_unique", "work_versions", ["work_id", "version"], unique=True)
    op.create_index("work_versions_root_operation_created_at_idx", "work_versions", ["root_operation_id", "created_at"])


downgrade = not_offered
