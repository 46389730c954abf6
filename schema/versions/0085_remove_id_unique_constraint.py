"""LobeChat's migration 0085_remove_id_unique_constraint."""

from alembic import op

from schema.types import not_offered

revision = "0085"
down_revision = "0084"


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
        op.drop_constraint(f"{table}_id_unique", table)


downgrade = not_offered
