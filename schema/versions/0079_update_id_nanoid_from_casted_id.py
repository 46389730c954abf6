"""LobeChat's migration 0079_update_id_nanoid_from_casted_id."""

from alembic import op

from schema.types import not_offered

revision = "0079"
down_revision = "0078"

TABLES = (
    "api_keys",
    "rag_eval_dataset_records",
    "rag_eval_datasets",
    "rag_eval_evaluation_records",
    "rag_eval_evaluations",
    "rbac_permissions",
    "rbac_roles",
)


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"UPDATE public.{table} SET id_nanoid = id::text WHERE id_nanoid IS NULL")


downgrade = not_offered
