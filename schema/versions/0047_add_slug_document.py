"""LobeChat's migration 0047_add_slug_document."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.add_column("documents", sa.Column("slug", sa.String(255)))
    op.create_index(
        "documents_slug_user_id_unique",
        "documents",
        ["slug", "user_id"],
        unique=True,
        postgresql_where=sa.text("slug IS NOT NULL"),
    )


downgrade = not_offered
