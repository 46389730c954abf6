"""LobeChat's migration 0018_add_client_id_for_entities."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    for table in (
        "agents",
        "chunks",
        "embeddings",
        "files",
        "knowledge_bases",
        "message_plugins",
        "message_queries",
        "message_translates",
        "message_tts",
        "threads",
        "unstructured_chunks",
    ):
        op.add_column(table, sa.Column("client_id", sa.Text))
    op.create_index("client_id_user_id_unique", "agents", ["client_id", "user_id"], unique=True)
    op.create_index("chunks_client_id_user_id_unique", "chunks", ["client_id", "user_id"], unique=True)
    op.create_index("embeddings_client_id_user_id_unique", "embeddings", ["client_id", "user_id"], unique=True)
    op.create_index("files_client_id_user_id_unique", "files", ["client_id", "user_id"], unique=True)
    op.create_index(
        "knowledge_bases_client_id_user_id_unique", "knowledge_bases", ["client_id", "user_id"], unique=True
    )
    op.create_index(
        "message_plugins_client_id_user_id_unique", "message_plugins", ["client_id", "user_id"], unique=True
    )
    op.create_index(
        "message_queries_client_id_user_id_unique", "message_queries", ["client_id", "user_id"], unique=True
    )
    op.create_index(
        "message_translates_client_id_user_id_unique", "message_translates", ["client_id", "user_id"], unique=True
    )
    op.create_index("message_tts_client_id_user_id_unique", "message_tts", ["client_id", "user_id"], unique=True)
    op.drop_constraint("session_group_client_id_user_unique", "session_groups")
    op.create_index("session_groups_client_id_user_id_unique", "session_groups", ["client_id", "user_id"], unique=True)
    op.drop_constraint("sessions_client_id_user_id_unique", "sessions")
    op.create_index("sessions_client_id_user_id_unique", "sessions", ["client_id", "user_id"], unique=True)
    op.create_index("threads_client_id_user_id_unique", "threads", ["client_id", "user_id"], unique=True)
    op.drop_constraint("topic_client_id_user_id_unique", "topics")
    op.create_index("topics_client_id_user_id_unique", "topics", ["client_id", "user_id"], unique=True)
    op.create_index(
        "unstructured_chunks_client_id_user_id_unique", "unstructured_chunks", ["client_id", "user_id"], unique=True
    )


downgrade = not_offered
