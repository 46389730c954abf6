"""LobeChat's migration 0062_add_more_index."""

from alembic import op

from schema.types import not_offered

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    op.create_index("api_keys_user_id_idx", "api_keys", ["user_id"])
    op.create_index("async_tasks_user_id_idx", "async_tasks", ["user_id"])
    op.create_index("chat_groups_group_id_idx", "chat_groups", ["group_id"])
    op.create_index("document_chunks_chunk_id_idx", "document_chunks", ["chunk_id"])
    op.create_index("document_chunks_document_id_idx", "document_chunks", ["document_id"])
    op.create_index("embeddings_user_id_idx", "embeddings", ["user_id"])
    op.create_index("generation_batches_user_id_idx", "generation_batches", ["user_id"])
    op.create_index("generation_batches_topic_id_idx", "generation_batches", ["generation_topic_id"])
    op.create_index("generation_topics_user_id_idx", "generation_topics", ["user_id"])
    op.create_index("generations_batch_id_idx", "generations", ["generation_batch_id"])
    op.create_index("generations_user_id_idx", "generations", ["user_id"])
    op.create_index("global_files_creator_idx", "global_files", ["creator"])
    op.create_index("knowledge_base_files_kb_id_idx", "knowledge_base_files", ["knowledge_base_id"])
    op.create_index("knowledge_bases_user_id_idx", "knowledge_bases", ["user_id"])
    op.create_index("messages_group_id_idx", "messages", ["group_id"])


downgrade = not_offered
