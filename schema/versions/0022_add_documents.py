"""LobeChat's migration 0022_add_documents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered, timestamp, timestamps

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    _create_documents()
    _create_document_chunks()
    _create_topic_documents()


def _create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.String(30), primary_key=True),
        sa.Column("title", sa.Text),
        sa.Column("content", sa.Text),
        sa.Column("file_type", sa.String(255), nullable=False),
        sa.Column("filename", sa.Text),
        sa.Column("total_char_count", sa.Integer, nullable=False),
        sa.Column("total_line_count", sa.Integer, nullable=False),
        sa.Column("metadata", JSONB),
        sa.Column("pages", JSONB),
        sa.Column("source_type", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("file_id", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="documents_file_id_files_id_fk", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="documents_user_id_users_id_fk", ondelete="CASCADE"),
    )
    op.create_index("documents_file_type_idx", "documents", ["file_type"])
    op.create_index("documents_file_id_idx", "documents", ["file_id"])
    op.create_index("documents_source_idx", "documents", ["source"])
    op.create_index("documents_client_id_user_id_unique", "documents", ["client_id", "user_id"], unique=True)


def _create_document_chunks() -> None:
    op.create_table(
        "document_chunks",
        sa.Column("document_id", sa.String(30), nullable=False),
        sa.Column("chunk_id", sa.Uuid, nullable=False),
        sa.Column("page_index", sa.Integer),
        sa.Column("user_id", sa.Text, nullable=False),
        timestamp("created_at"),
        sa.PrimaryKeyConstraint("document_id", "chunk_id", name="document_chunks_document_id_chunk_id_pk"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="document_chunks_document_id_documents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["chunk_id"], ["chunks.id"], name="document_chunks_chunk_id_chunks_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="document_chunks_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_topic_documents() -> None:
    op.create_table(
        "topic_documents",
        sa.Column("document_id", sa.Text, nullable=False),
        sa.Column("topic_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        timestamp("created_at"),
        sa.PrimaryKeyConstraint("document_id", "topic_id", name="topic_documents_document_id_topic_id_pk"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="topic_documents_document_id_documents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="topic_documents_topic_id_topics_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="topic_documents_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


downgrade = not_offered
