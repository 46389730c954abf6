"""LobeChat's migration 0033_add_table_index."""

from alembic import op

from schema.types import not_offered

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.create_index("chunks_user_id_idx", "chunks", ["user_id"])
    op.create_index("embeddings_chunk_id_idx", "embeddings", ["chunk_id"])
    op.create_index("messages_session_id_idx", "messages", ["session_id"])
    op.create_index("messages_thread_id_idx", "messages", ["thread_id"])
    op.create_index("messages_user_id_idx", "messages", ["user_id"])
    op.create_index("sessions_user_id_idx", "sessions", ["user_id"])
    op.create_index("sessions_id_user_id_idx", "sessions", ["id", "user_id"])
    op.create_index("topics_id_user_id_idx", "topics", ["id", "user_id"])
    op.create_index("topics_user_id_idx", "topics", ["user_id"])


downgrade = not_offered
