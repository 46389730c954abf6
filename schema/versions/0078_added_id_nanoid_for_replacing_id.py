"""LobeChat's migration 0078_added_id_nanoid_for_replacing_id."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0078"
down_revision = "0077"


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
        op.add_column(table, sa.Column("id_nanoid", sa.Text))


downgrade = not_offered
