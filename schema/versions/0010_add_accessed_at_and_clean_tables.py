"""LobeChat's migration 0010_add_accessed_at_and_clean_tables."""

from alembic import op

from schema.types import not_offered, timestamp

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    for table in (
        "agents",
        "agents_files",
        "agents_knowledge_bases",
        "async_tasks",
        "chunks",
        "files",
        "global_files",
        "knowledge_bases",
        "messages",
        "rag_eval_dataset_records",
        "rag_eval_datasets",
        "rag_eval_evaluation_records",
        "rag_eval_evaluations",
        "session_groups",
        "sessions",
        "topics",
        "unstructured_chunks",
        "user_installed_plugins",
        "users",
    ):
        op.add_column(table, timestamp("accessed_at"))
    op.add_column("rag_eval_dataset_records", timestamp("updated_at"))
    op.add_column("rag_eval_evaluation_records", timestamp("updated_at"))
    for table in ("agents_tags", "plugins_tags", "market", "plugins", "tags"):
        op.drop_table(table)


downgrade = not_offered
