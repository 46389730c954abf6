"""LobeChat's migration 0083_remove_id_seq_identity_column."""

from alembic import op

from schema.types import not_offered

revision = "0083"
down_revision = "0082"


def upgrade() -> None:
    for table in (
        "api_keys",
        "rag_eval_dataset_records",
        "rag_eval_datasets",
        "rag_eval_evaluation_records",
        "rag_eval_evaluations",
        "rbac_permissions",
        "rbac_roles",
    ):
        op.drop_column(table, "id")


downgrade = not_offered
