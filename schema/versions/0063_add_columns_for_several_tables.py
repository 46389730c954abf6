"""LobeChat's migration 0063_add_columns_for_several_tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from schema.types import not_offered

revision = "0063"
down_revision = "0062"


def upgrade() -> None:
    op.alter_column("agents", "plugins", server_default=None)
    op.add_column("agents", sa.Column("pinned", sa.Boolean))
    op.create_index("ai_models_user_id_idx", "ai_models", ["user_id"])
    op.create_index("ai_providers_user_id_idx", "ai_providers", ["user_id"])
    op.add_column("message_groups", sa.Column("type", sa.Text))
    op.add_column("message_groups", sa.Column("content", sa.Text))
    op.add_column("message_groups", sa.Column("editor_data", JSONB))
    op.create_index("message_groups_type_idx", "message_groups", ["type"])
    op.create_index("message_plugins_tool_call_id_idx", "message_plugins", ["tool_call_id"])
    op.add_column("messages", sa.Column("summary", sa.Text))
    op.add_column("threads", sa.Column("agent_id", sa.Text))
    op.add_column("threads", sa.Column("group_id", sa.Text))
    op.add_column("threads", sa.Column("metadata", JSONB))
    op.create_foreign_key(
        "threads_agent_id_agents_id_fk", "threads", "agents", ["agent_id"], ["id"], ondelete="CASCADE"
    )
    op.create_foreign_key(
        "threads_group_id_chat_groups_id_fk", "threads", "chat_groups", ["group_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index("threads_group_id_idx", "threads", ["group_id"])
    op.create_index("threads_agent_id_idx", "threads", ["agent_id"])
    op.drop_index("user_memories_contexts_title_vector_index", "user_memories_contexts")
    op.drop_column("user_memories_contexts", "title_vector")
    op.add_column("user_settings", sa.Column("memory", JSONB))
    op.add_column("users", sa.Column("interests", ARRAY(sa.String(64))))
    op.add_column("users", sa.Column("onboarding", JSONB))


downgrade = not_offered
