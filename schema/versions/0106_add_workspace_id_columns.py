"""LobeChat's migration 0106_add_workspace_id_columns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0106"
down_revision = "0105"


def upgrade() -> None:
    for table in (
        "agent_bot_providers",
        "agent_cron_jobs",
        "agent_documents",
        "agent_eval_benchmarks",
        "agent_eval_datasets",
        "agent_eval_experiment_benchmarks",
        "agent_eval_experiments",
        "agent_eval_run_topics",
        "agent_eval_runs",
        "agent_eval_test_cases",
        "agent_operations",
        "agent_skills",
        "agents",
        "agents_files",
        "agents_knowledge_bases",
        "agents_to_sessions",
        "ai_models",
        "ai_providers",
        "api_keys",
        "async_tasks",
        "briefs",
        "chat_groups",
        "chat_groups_agents",
        "chunks",
        "document_chunks",
        "document_histories",
        "document_shares",
        "documents",
        "embeddings",
        "file_chunks",
        "files",
        "files_to_sessions",
        "generation_batches",
        "generation_topics",
        "generations",
        "knowledge_base_files",
        "knowledge_bases",
        "llm_generation_tracing",
        "message_chunks",
        "message_groups",
        "message_plugins",
        "message_queries",
        "message_query_chunks",
        "message_translates",
        "message_tts",
        "messages",
        "messages_files",
        "messenger_account_links",
        "rag_eval_dataset_records",
        "rag_eval_datasets",
        "rag_eval_evaluation_records",
        "rag_eval_evaluations",
        "rbac_roles",
        "rbac_user_roles",
        "session_groups",
        "sessions",
        "task_comments",
        "task_dependencies",
        "task_documents",
        "task_topics",
        "tasks",
        "threads",
        "topic_documents",
        "topic_shares",
        "topics",
        "unstructured_chunks",
        "user_connector_tools",
        "user_connectors",
        "user_installed_plugins",
    ):
        op.add_column(table, sa.Column("workspace_id", sa.Text))
    op.add_column("devices", sa.Column("workspace_id", sa.Text))
    op.add_column("devices", sa.Column("working_dirs", JSONB, server_default="[]"))


downgrade = not_offered
