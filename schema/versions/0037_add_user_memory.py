"""LobeChat's migration 0037_add_user_memory."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, Vector, not_offered, timestamps

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    _create_user_memories()
    _create_user_memories_contexts()
    _create_user_memories_experiences()
    _create_user_memories_identities()
    _create_user_memories_preferences()


def _create_user_memories() -> None:
    op.create_table(
        "user_memories",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("user_id", sa.Text),
        sa.Column("memory_category", sa.String(255)),
        sa.Column("memory_layer", sa.String(255)),
        sa.Column("memory_type", sa.String(255)),
        sa.Column("title", sa.String(255)),
        sa.Column("summary", sa.Text),
        sa.Column("summary_vector_1024", Vector(1024)),
        sa.Column("details", sa.Text),
        sa.Column("details_vector_1024", Vector(1024)),
        sa.Column("status", sa.String(255)),
        sa.Column("accessed_count", sa.BigInteger, server_default=sa.text("0")),
        sa.Column("last_accessed_at", TIMESTAMPTZ, nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="user_memories_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "user_memories_summary_vector_1024_index",
        "user_memories",
        ["summary_vector_1024"],
        postgresql_using="hnsw",
        postgresql_ops={"summary_vector_1024": "pgvector.vector_cosine_ops"},
    )
    op.create_index(
        "user_memories_details_vector_1024_index",
        "user_memories",
        ["details_vector_1024"],
        postgresql_using="hnsw",
        postgresql_ops={"details_vector_1024": "pgvector.vector_cosine_ops"},
    )


def _create_user_memories_contexts() -> None:
    op.create_table(
        "user_memories_contexts",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("user_memory_ids", JSONB),
        sa.Column("labels", JSONB),
        sa.Column("extracted_labels", JSONB),
        sa.Column("associated_objects", JSONB),
        sa.Column("associated_subjects", JSONB),
        sa.Column("title", sa.Text),
        sa.Column("title_vector", Vector(1024)),
        sa.Column("description", sa.Text),
        sa.Column("description_vector", Vector(1024)),
        sa.Column("type", sa.String(255)),
        sa.Column("current_status", sa.Text),
        sa.Column("score_impact", sa.Numeric, server_default=sa.text("0")),
        sa.Column("score_urgency", sa.Numeric, server_default=sa.text("0")),
        *timestamps("accessed_at", "created_at", "updated_at"),
    )
    op.create_index(
        "user_memories_contexts_title_vector_index",
        "user_memories_contexts",
        ["title_vector"],
        postgresql_using="hnsw",
        postgresql_ops={"title_vector": "pgvector.vector_cosine_ops"},
    )
    op.create_index("user_memories_contexts_type_index", "user_memories_contexts", ["type"])
    op.create_index(
        "user_memories_contexts_description_vector_index",
        "user_memories_contexts",
        ["description_vector"],
        postgresql_using="hnsw",
        postgresql_ops={"description_vector": "pgvector.vector_cosine_ops"},
    )


def _create_user_memories_experiences() -> None:
    op.create_table(
        "user_memories_experiences",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("user_memory_id", sa.Text),
        sa.Column("labels", JSONB),
        sa.Column("extracted_labels", JSONB),
        sa.Column("type", sa.String(255)),
        sa.Column("situation", sa.Text),
        sa.Column("situation_vector", Vector(1024)),
        sa.Column("reasoning", sa.Text),
        sa.Column("possible_outcome", sa.Text),
        sa.Column("action", sa.Text),
        sa.Column("action_vector", Vector(1024)),
        sa.Column("key_learning", sa.Text),
        sa.Column("key_learning_vector", Vector(1024)),
        sa.Column("metadata", JSONB),
        sa.Column("score_confidence", sa.REAL, server_default=sa.text("0")),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_memory_id"],
            ["user_memories.id"],
            name="user_memories_experiences_user_memory_id_user_memories_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "user_memories_experiences_situation_vector_index",
        "user_memories_experiences",
        ["situation_vector"],
        postgresql_using="hnsw",
        postgresql_ops={"situation_vector": "pgvector.vector_cosine_ops"},
    )
    op.create_index(
        "user_memories_experiences_key_learning_vector_index",
        "user_memories_experiences",
        ["key_learning_vector"],
        postgresql_using="hnsw",
        postgresql_ops={"key_learning_vector": "pgvector.vector_cosine_ops"},
    )
    op.create_index(
        "user_memories_experiences_action_vector_index",
        "user_memories_experiences",
        ["action_vector"],
        postgresql_using="hnsw",
        postgresql_ops={"action_vector": "pgvector.vector_cosine_ops"},
    )
    op.create_index("user_memories_experiences_type_index", "user_memories_experiences", ["type"])


def _create_user_memories_identities() -> None:
    op.create_table(
        "user_memories_identities",
        sa.Column("current_focuses", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("description_vector", Vector(1024)),
        sa.Column("experience", sa.Text),
        sa.Column("extracted_labels", JSONB),
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("labels", JSONB),
        sa.Column("relationship", sa.Text),
        sa.Column("role", sa.Text),
        sa.Column("type", sa.String(255)),
        sa.Column("user_memory_id", sa.Text),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_memory_id"],
            ["user_memories.id"],
            name="user_memories_identities_user_memory_id_user_memories_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "user_memories_identities_description_vector_index",
        "user_memories_identities",
        ["description_vector"],
        postgresql_using="hnsw",
        postgresql_ops={"description_vector": "pgvector.vector_cosine_ops"},
    )
    op.create_index("user_memories_identities_type_index", "user_memories_identities", ["type"])


def _create_user_memories_preferences() -> None:
    op.create_table(
        "user_memories_preferences",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("context_id", sa.String(255)),
        sa.Column("user_memory_id", sa.String(255)),
        sa.Column("labels", JSONB),
        sa.Column("extracted_labels", JSONB),
        sa.Column("extracted_scopes", JSONB),
        sa.Column("conclusion_directives", sa.Text),
        sa.Column("conclusion_directives_vector", Vector(1024)),
        sa.Column("type", sa.String(255)),
        sa.Column("suggestions", sa.Text),
        sa.Column("score_priority", sa.Numeric, server_default=sa.text("0")),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["context_id"],
            ["user_memories_contexts.id"],
            name="user_memories_preferences_context_id_user_memories_contexts_id_",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_memory_id"],
            ["user_memories.id"],
            name="user_memories_preferences_user_memory_id_user_memories_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "user_memories_preferences_conclusion_directives_vector_index",
        "user_memories_preferences",
        ["conclusion_directives_vector"],
        postgresql_using="hnsw",
        postgresql_ops={"conclusion_directives_vector": "pgvector.vector_cosine_ops"},
    )


downgrade = not_offered
