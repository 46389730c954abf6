"""LobeChat's migration 0080_add_constraint_unique_not_null_to_id_nanoid."""

from alembic import op

from schema.types import not_offered

revision = "0080"
down_revision = "0079"


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
        op.alter_column(table, "id_nanoid", nullable=False)
    for table in (
        "api_keys",
        "rag_eval_dataset_records",
        "rag_eval_datasets",
        "rag_eval_evaluation_records",
        "rag_eval_evaluations",
        "rbac_permissions",
        "rbac_roles",
    ):
        op.create_unique_constraint(f"{table}_id_nanoid_unique", table, ["id_nanoid"])


downgrade = not_offered
