"""LobeChat's migration 0074_add_fk_indexes_for_cascade_delete."""

from alembic import op

from schema.types import not_offered

revision = "0074"
down_revision = "0073"


FOREIGN_KEYS = {
    "agents_files": ("file_id", "user_id"),
    "agents_knowledge_bases": ("user_id", "knowledge_base_id"),
    "agents_to_sessions": ("user_id",),
    "chat_groups": ("user_id",),
    "chat_groups_agents": ("user_id",),
    "document_chunks": ("user_id",),
    "file_chunks": ("file_id", "user_id", "chunk_id"),
    "files": ("embedding_task_id", "chunk_task_id"),
    "files_to_sessions": ("user_id", "session_id", "file_id"),
    "generations": ("file_id",),
    "knowledge_base_files": ("file_id", "user_id"),
    "message_chunks": ("user_id", "message_id"),
    "message_groups": ("parent_message_id", "parent_group_id", "user_id"),
    "message_plugins": ("user_id",),
    "message_queries": ("user_id", "embeddings_id", "message_id"),
    "message_query_chunks": ("user_id", "query_id"),
    "message_translates": ("user_id",),
    "message_tts": ("user_id",),
    "messages_files": ("user_id", "message_id"),
    "nextauth_accounts": ("user_id",),
    "nextauth_sessions": ("user_id",),
    "oidc_access_tokens": ("user_id",),
    "oidc_authorization_codes": ("user_id",),
    "oidc_device_codes": ("user_id",),
    "oidc_grants": ("user_id",),
    "oidc_refresh_tokens": ("user_id",),
    "oidc_sessions": ("user_id",),
    "rag_eval_dataset_records": ("user_id",),
    "rag_eval_datasets": ("user_id",),
    "rag_eval_evaluation_records": ("user_id",),
    "rag_eval_evaluations": ("user_id",),
    "session_groups": ("user_id",),
    "threads": ("user_id", "parent_thread_id"),
    "topic_documents": ("topic_id", "document_id", "user_id"),
    "unstructured_chunks": ("user_id", "composite_id", "file_id"),
}


def upgrade() -> None:
    for table, columns in FOREIGN_KEYS.items():
        for column in columns:
            op.create_index(f"{table}_{column}_idx", table, [column])
    op.create_index("message_query_chunks_message_id_idx", "message_query_chunks", ["id"])


downgrade = not_offered
