"""LobeChat's migration 0066_add_document_fields."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    op.add_column("documents", sa.Column("description", sa.Text))
    op.add_column("documents", sa.Column("knowledge_base_id", sa.Text))
    op.create_foreign_key(
        "documents_knowledge_base_id_knowledge_bases_id_fk",
        "documents",
        "knowledge_bases",
        ["knowledge_base_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("documents_knowledge_base_id_idx", "documents", ["knowledge_base_id"])


downgrade = not_offered
