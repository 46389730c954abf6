"""LobeChat's migration 0046_add_parent_id."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.alter_column("documents", "id", type_=sa.String(255))
    op.add_column("documents", sa.Column("parent_id", sa.String(255)))
    op.create_foreign_key(
        "documents_parent_id_documents_id_fk", "documents", "documents", ["parent_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index("documents_parent_id_idx", "documents", ["parent_id"])
    op.add_column("files", sa.Column("parent_id", sa.String(255)))
    op.create_foreign_key(
        "files_parent_id_documents_id_fk", "files", "documents", ["parent_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index("files_parent_id_idx", "files", ["parent_id"])


downgrade = not_offered
