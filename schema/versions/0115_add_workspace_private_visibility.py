"""LobeChat's migration 0115_add_workspace_private_visibility."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0115"
down_revision = "0114"


def upgrade() -> None:
    for table in (
        "agents",
        "chat_groups",
        "documents",
        "files",
        "generation_topics",
        "knowledge_bases",
        "session_groups",
        "task_comments",
        "task_dependencies",
        "task_documents",
        "task_topics",
        "tasks",
    ):
        op.add_column(table, sa.Column("visibility", sa.Text, server_default="public", nullable=False))
    for table in (
        "agents",
        "chat_groups",
        "documents",
        "files",
        "generation_topics",
        "knowledge_bases",
        "session_groups",
        "task_comments",
        "task_topics",
    ):
        op.create_index(f"{table}_workspace_visibility_idx", table, ["workspace_id", "visibility", "user_id"])
    op.create_index(
        "task_deps_workspace_visibility_idx", "task_dependencies", ["workspace_id", "visibility", "user_id"]
    )
    op.create_index("task_docs_workspace_visibility_idx", "task_documents", ["workspace_id", "visibility", "user_id"])
    op.create_index("tasks_workspace_visibility_idx", "tasks", ["workspace_id", "visibility", "created_by_user_id"])


downgrade = not_offered
