"""LobeChat's migration 0098_add_document_history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered

revision = "0098"
down_revision = "0097"


def upgrade() -> None:
    op.create_table(
        "document_histories",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("document_id", sa.String(255), nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("editor_data", JSONB, nullable=False),
        sa.Column("save_source", sa.Text, nullable=False),
        sa.Column("saved_at", TIMESTAMPTZ, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="document_histories_document_id_documents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="document_histories_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("document_histories_user_id_idx", "document_histories", ["user_id"])
    op.create_index("document_histories_document_id_idx", "document_histories", ["document_id"])
    op.create_index("document_histories_saved_at_idx", "document_histories", ["saved_at"])


downgrade = not_offered
