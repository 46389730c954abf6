"""LobeChat's migration 0108_add_workspace_id_indexes."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0108"
down_revision = "0107"


def upgrade() -> None:
    for table in (
        "agent_bot_providers",
        "agent_cron_jobs",
        "agent_documents",
        "agent_eval_experiment_benchmarks",
        "agent_eval_experiments",
        "agent_eval_run_topics",
        "agent_eval_runs",
        "agent_eval_test_cases",
        "agent_operations",
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
        "devices",
        "document_chunks",
        "document_histories",
        "document_shares",
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
        "task_comments",
        "task_dependencies",
        "task_documents",
        "task_topics",
        "threads",
        "topic_documents",
        "topic_shares",
        "topics",
        "unstructured_chunks",
        "user_connector_tools",
        "user_connectors",
        "user_installed_plugins",
    ):
        op.create_index(f"{table}_workspace_id_idx", table, ["workspace_id"])
    for table in ("agent_eval_benchmarks", "agent_eval_datasets", "tasks"):
        op.create_index(f"{table}_workspace_id_idx", table, ["workspace_id"])
        op.create_index(
            f"{table}_identifier_workspace_id_unique",
            table,
            ["workspace_id", "identifier"],
            unique=True,
            postgresql_where=sa.text("workspace_id IS NOT NULL"),
        )
    op.create_index(
        "agent_skills_name_workspace_id_unique",
        "agent_skills",
        ["workspace_id", "name"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NOT NULL"),
    )
    op.create_index("agent_skills_workspace_id_idx", "agent_skills", ["workspace_id"])
    op.create_index("agents_workspace_id_idx", "agents", ["workspace_id"])
    op.create_index(
        "agents_slug_workspace_id_unique",
        "agents",
        ["workspace_id", "slug"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NOT NULL"),
    )
    op.create_index("sessions_workspace_id_idx", "sessions", ["workspace_id"])
    op.create_index(
        "sessions_slug_workspace_id_unique",
        "sessions",
        ["workspace_id", "slug"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NOT NULL"),
    )
    op.create_index(
        "documents_slug_workspace_id_unique",
        "documents",
        ["workspace_id", "slug"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NOT NULL"),
    )
    op.create_index("documents_workspace_id_idx", "documents", ["workspace_id"])


downgrade = not_offered
