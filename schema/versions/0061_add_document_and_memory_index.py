"""LobeChat's migration 0061_add_document_and_memory_index."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered, timestamp

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    for table in (
        "user_memories",
        "user_memories_contexts",
        "user_memories_experiences",
        "user_memories_identities",
        "user_memories_preferences",
    ):
        op.add_column(table, timestamp("captured_at"))
    op.create_index("agents_user_id_idx", "agents", ["user_id"])
    op.create_index("documents_user_id_idx", "documents", ["user_id"])
    op.create_index("documents_source_type_idx", "documents", ["source_type"])
    op.create_index("files_user_id_idx", "files", ["user_id"])
    op.create_index("user_memories_user_id_index", "user_memories", ["user_id"])
    op.create_index("user_memories_contexts_user_id_index", "user_memories_contexts", ["user_id"])
    op.create_index("user_memories_experiences_user_memory_id_index", "user_memories_experiences", ["user_memory_id"])
    op.create_index("user_memories_experiences_user_id_index", "user_memories_experiences", ["user_id"])
    op.create_index("user_memories_identities_user_memory_id_index", "user_memories_identities", ["user_memory_id"])
    op.create_index("user_memories_identities_user_id_index", "user_memories_identities", ["user_id"])
    op.create_index("user_memories_preferences_user_memory_id_index", "user_memories_preferences", ["user_memory_id"])
    op.create_index("user_memories_preferences_user_id_index", "user_memories_preferences", ["user_id"])
    op.create_index(
        "users_banned_true_created_at_idx", "users", ["created_at"], postgresql_where=sa.text("banned = true")
    )
    op.create_index("users_created_at_idx", "users", ["created_at"])


downgrade = not_offered
