"""LobeChat's migration 0095_add_agent_task_system."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamp, timestamps

revision = "0095"
down_revision = "0094"


def upgrade() -> None:
    _create_tasks()
    _create_briefs()
    _create_task_dependencies()
    _create_task_documents()
    _create_task_topics()
    _create_task_comments()


def _create_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("created_by_user_id", sa.Text, nullable=False),
        sa.Column("created_by_agent_id", sa.Text),
        sa.Column("assignee_user_id", sa.Text),
        sa.Column("assignee_agent_id", sa.Text),
        sa.Column("parent_task_id", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("description", sa.String(255)),
        sa.Column("instruction", sa.Text, nullable=False),
        sa.Column("status", sa.Text, server_default="backlog", nullable=False),
        sa.Column("priority", sa.Integer, server_default=sa.text("0")),
        sa.Column("sort_order", sa.Integer, server_default=sa.text("0")),
        sa.Column("heartbeat_interval", sa.Integer, server_default=sa.text("300")),
        sa.Column("heartbeat_timeout", sa.Integer),
        sa.Column("last_heartbeat_at", TIMESTAMPTZ),
        sa.Column("schedule_pattern", sa.Text),
        sa.Column("schedule_timezone", sa.Text, server_default="UTC"),
        sa.Column("total_topics", sa.Integer, server_default=sa.text("0")),
        sa.Column("max_topics", sa.Integer),
        sa.Column("current_topic_id", sa.Text),
        sa.Column("context", JSONB, server_default="{}"),
        sa.Column("config", JSONB, server_default="{}"),
        sa.Column("error", sa.Text),
        sa.Column("started_at", TIMESTAMPTZ),
        sa.Column("completed_at", TIMESTAMPTZ),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["created_by_user_id"], ["users.id"], name="tasks_created_by_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_agent_id"], ["agents.id"], name="tasks_created_by_agent_id_agents_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["assignee_user_id"], ["users.id"], name="tasks_assignee_user_id_users_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["assignee_agent_id"], ["agents.id"], name="tasks_assignee_agent_id_agents_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["current_topic_id"], ["topics.id"], name="tasks_current_topic_id_topics_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["parent_task_id"], ["tasks.id"], name="tasks_parent_task_id_tasks_id_fk", ondelete="SET NULL"
        ),
    )
    op.create_index("tasks_created_by_user_id_idx", "tasks", ["created_by_user_id"])
    op.create_index("tasks_assignee_user_id_idx", "tasks", ["assignee_user_id"])
    op.create_index("tasks_heartbeat_idx", "tasks", ["status", "last_heartbeat_at"])
    op.create_index("tasks_parent_task_id_idx", "tasks", ["parent_task_id"])
    op.create_index("tasks_created_by_agent_id_idx", "tasks", ["created_by_agent_id"])
    op.create_index("tasks_status_idx", "tasks", ["status"])
    op.create_index("tasks_identifier_idx", "tasks", ["identifier", "created_by_user_id"], unique=True)
    op.create_index("tasks_priority_idx", "tasks", ["priority"])
    op.create_index("tasks_assignee_agent_id_idx", "tasks", ["assignee_agent_id"])


def _create_briefs() -> None:
    op.create_table(
        "briefs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("task_id", sa.Text),
        sa.Column("cron_job_id", sa.Text),
        sa.Column("topic_id", sa.Text),
        sa.Column("agent_id", sa.Text),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("priority", sa.Text, server_default="info"),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("artifacts", JSONB),
        sa.Column("actions", JSONB),
        sa.Column("resolved_action", sa.Text),
        sa.Column("resolved_comment", sa.Text),
        sa.Column("read_at", TIMESTAMPTZ),
        sa.Column("resolved_at", TIMESTAMPTZ),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="briefs_user_id_users_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="briefs_task_id_tasks_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["cron_job_id"], ["agent_cron_jobs.id"], name="briefs_cron_job_id_agent_cron_jobs_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("briefs_task_id_idx", "briefs", ["task_id"])
    op.create_index("briefs_cron_job_id_idx", "briefs", ["cron_job_id"])
    op.create_index("briefs_user_id_idx", "briefs", ["user_id"])
    op.create_index("briefs_type_idx", "briefs", ["type"])
    op.create_index("briefs_agent_id_idx", "briefs", ["agent_id"])
    op.create_index("briefs_priority_idx", "briefs", ["priority"])
    op.create_index("briefs_unresolved_idx", "briefs", ["user_id", "resolved_at"])


def _create_task_dependencies() -> None:
    op.create_table(
        "task_dependencies",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("depends_on_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("type", sa.Text, server_default="blocks", nullable=False),
        sa.Column("condition", JSONB),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name="task_dependencies_task_id_tasks_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["depends_on_id"], ["tasks.id"], name="task_dependencies_depends_on_id_tasks_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="task_dependencies_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("task_deps_depends_on_id_idx", "task_dependencies", ["depends_on_id"])
    op.create_index("task_deps_user_id_idx", "task_dependencies", ["user_id"])
    op.create_index("task_deps_task_id_idx", "task_dependencies", ["task_id"])
    op.create_index("task_deps_unique_idx", "task_dependencies", ["task_id", "depends_on_id"], unique=True)


def _create_task_documents() -> None:
    op.create_table(
        "task_documents",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("document_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("pinned_by", sa.Text, server_default="agent", nullable=False),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name="task_documents_task_id_tasks_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="task_documents_document_id_documents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="task_documents_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("task_docs_user_id_idx", "task_documents", ["user_id"])
    op.create_index("task_docs_task_id_idx", "task_documents", ["task_id"])
    op.create_index("task_docs_unique_idx", "task_documents", ["task_id", "document_id"], unique=True)
    op.create_index("task_docs_document_id_idx", "task_documents", ["document_id"])


def _create_task_topics() -> None:
    op.create_table(
        "task_topics",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("topic_id", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("operation_id", sa.Text),
        sa.Column("status", sa.Text, server_default="running", nullable=False),
        sa.Column("handoff", JSONB),
        sa.Column("review_passed", sa.Integer),
        sa.Column("review_score", sa.Integer),
        sa.Column("review_scores", JSONB),
        sa.Column("review_iteration", sa.Integer),
        sa.Column("reviewed_at", TIMESTAMPTZ),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="task_topics_task_id_tasks_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="task_topics_topic_id_topics_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="task_topics_user_id_users_id_fk", ondelete="CASCADE"),
    )
    op.create_index("task_topics_user_id_idx", "task_topics", ["user_id"])
    op.create_index("task_topics_unique_idx", "task_topics", ["task_id", "topic_id"], unique=True)
    op.create_index("task_topics_status_idx", "task_topics", ["task_id", "status"])
    op.create_index("task_topics_topic_id_idx", "task_topics", ["topic_id"])
    op.create_index("task_topics_task_id_idx", "task_topics", ["task_id"])


def _create_task_comments() -> None:
    op.create_table(
        "task_comments",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("author_user_id", sa.Text),
        sa.Column("author_agent_id", sa.Text),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("editor_data", JSONB),
        sa.Column("brief_id", sa.Text),
        sa.Column("topic_id", sa.Text),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name="task_comments_task_id_tasks_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="task_comments_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_user_id"], ["users.id"], name="task_comments_author_user_id_users_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["author_agent_id"], ["agents.id"], name="task_comments_author_agent_id_agents_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name="task_comments_brief_id_briefs_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="task_comments_topic_id_topics_id_fk", ondelete="SET NULL"
        ),
    )
    op.create_index("task_comments_author_user_id_idx", "task_comments", ["author_user_id"])
    op.create_index("task_comments_agent_id_idx", "task_comments", ["author_agent_id"])
    op.create_index("task_comments_topic_id_idx", "task_comments", ["topic_id"])
    op.create_index("task_comments_user_id_idx", "task_comments", ["user_id"])
    op.create_index("task_comments_task_id_idx", "task_comments", ["task_id"])
    op.create_index("task_comments_brief_id_idx", "task_comments", ["brief_id"])


downgrade = not_offered
