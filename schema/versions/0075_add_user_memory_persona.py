"""LobeChat's migration 0075_add_user_memory_persona."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered, timestamps

revision = "0075"
down_revision = "0074"


def upgrade() -> None:
    _create_user_memory_persona_documents()
    _create_user_memory_persona_document_histories()


def _create_user_memory_persona_documents() -> None:
    op.create_table(
        "user_memory_persona_documents",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("user_id", sa.Text),
        sa.Column("profile", sa.String(255), server_default="default", nullable=False),
        sa.Column("tagline", sa.Text),
        sa.Column("persona", sa.Text),
        sa.Column("memory_ids", JSONB),
        sa.Column("source_ids", JSONB),
        sa.Column("metadata", JSONB),
        sa.Column("version", sa.Integer, server_default=sa.text("1"), nullable=False),
        *timestamps("captured_at", "accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="user_memory_persona_documents_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("user_persona_documents_user_id_index", "user_memory_persona_documents", ["user_id"])
    op.create_index(
        "user_persona_documents_user_id_profile_unique",
        "user_memory_persona_documents",
        ["user_id", "profile"],
        unique=True,
    )


def _create_user_memory_persona_document_histories() -> None:
    op.create_table(
        "user_memory_persona_document_histories",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("user_id", sa.Text),
        sa.Column("persona_id", sa.String(255)),
        sa.Column("profile", sa.String(255), server_default="default", nullable=False),
        sa.Column("snapshot_persona", sa.Text),
        sa.Column("snapshot_tagline", sa.Text),
        sa.Column("reasoning", sa.Text),
        sa.Column("diff_persona", sa.Text),
        sa.Column("diff_tagline", sa.Text),
        sa.Column("snapshot", sa.Text),
        sa.Column("summary", sa.Text),
        sa.Column("edited_by", sa.String(255), server_default="agent"),
        sa.Column("memory_ids", JSONB),
        sa.Column("source_ids", JSONB),
        sa.Column("metadata", JSONB),
        sa.Column("previous_version", sa.Integer),
        sa.Column("next_version", sa.Integer),
        *timestamps("captured_at", "accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name="user_memory_persona_document_histories_user_id_users_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["persona_id"],
            ["user_memory_persona_documents.id"],
            name="user_memory_persona_document_histories_persona_id_user_memory_p",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "user_persona_document_histories_persona_id_index", "user_memory_persona_document_histories", ["persona_id"]
    )
    op.create_index(
        "user_persona_document_histories_user_id_index", "user_memory_persona_document_histories", ["user_id"]
    )
    op.create_index(
        "user_persona_document_histories_profile_index", "user_memory_persona_document_histories", ["profile"]
    )


downgrade = not_offered
