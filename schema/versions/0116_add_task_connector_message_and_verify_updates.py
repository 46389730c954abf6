"""LobeChat's migration 0116_add_task_connector_message_and_verify_updates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0116"
down_revision = "0115"


def upgrade() -> None:
    op.drop_index("user_connectors_user_identifier_unique", "user_connectors")
    op.add_column("task_topics", sa.Column("trigger", sa.Text))
    op.add_column("user_connectors", sa.Column("agent_id", sa.Text))
    op.add_column("verify_check_results", sa.Column("metadata", JSONB))
    op.add_column("verify_evidence", sa.Column("metadata", JSONB))
    op.create_foreign_key(
        "user_connectors_agent_id_agents_id_fk", "user_connectors", "agents", ["agent_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index("messages_topic_id_updated_at_idx", "messages", ["topic_id", "updated_at"])
    op.create_index("user_connectors_agent_id_idx", "user_connectors", ["agent_id"])
    op.create_index(
        "user_connectors_personal_identifier_idx",
        "user_connectors",
        ["user_id", "identifier"],
        postgresql_where=sa.text("(workspace_id IS NULL) AND (agent_id IS NULL)"),
    )
    op.create_index(
        "user_connectors_agent_identifier_idx",
        "user_connectors",
        ["agent_id", "identifier"],
        postgresql_where=sa.text("agent_id IS NOT NULL"),
    )
    op.create_index(
        "user_connectors_workspace_identifier_idx",
        "user_connectors",
        ["user_id", "workspace_id", "identifier"],
        postgresql_where=sa.text("(workspace_id IS NOT NULL) AND (agent_id IS NULL)"),
    )


downgrade = not_offered
