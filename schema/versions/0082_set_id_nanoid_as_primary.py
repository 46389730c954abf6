"""LobeChat's migration 0082_set_id_nanoid_as_primary."""

from alembic import op

from schema.types import not_offered

revision = "0082"
down_revision = "0081"


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
        op.drop_constraint(f"{table}_pkey", table)
    for table in (
        "api_keys",
        "rag_eval_dataset_records",
        "rag_eval_datasets",
        "rag_eval_evaluation_records",
        "rag_eval_evaluations",
        "rbac_permissions",
        "rbac_roles",
    ):
        op.create_primary_key(f"{table}_pkey", table, ["id_nanoid"])


downgrade = not_offered
