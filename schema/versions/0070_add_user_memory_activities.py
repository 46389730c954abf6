"""LobeChat's migration 0070_add_user_memory_activities."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from schema.types import TIMESTAMPTZ, Vector, not_offered, timestamps

revision = "0070"
down_revision = "0069"


def upgrade() -> None:
    op.create_table(
        "user_memories_activities",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("user_id", sa.Text),
        sa.Column("user_memory_id", sa.String(255)),
        sa.Column("metadata", JSONB),
        sa.Column("tags", ARRAY(sa.Text)),
        sa.Column("type", sa.String(255), nullable=False),
        sa.Column("status", sa.String(255), server_default="pending", nullable=False),
        sa.Column("timezone", sa.String(255)),
        sa.Column("starts_at", TIMESTAMPTZ),
        sa.Column("ends_at", TIMESTAMPTZ),
        sa.Column("associated_objects", JSONB),
        sa.Column("associated_subjects", JSONB),
        sa.Column("associated_locations", JSONB),
        sa.Column("notes", sa.Text),
        sa.Column("narrative", sa.Text),
        sa.Column("narrative_vector", Vector(1024)),
        sa.Column("feedback", sa.Text),
        sa.Column("feedback_vector", Vector(1024)),
        *timestamps("captured_at", "accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="user_memories_activities_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_memory_id"],
            ["user_memories.id"],
            name="user_memories_activities_user_memory_id_user_memories_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("user_memories_activities_type_index", "user_memories_activities", ["type"])
    op.create_index(
        "user_memories_activities_narrative_vector_index",
        "user_memories_activities",
        ["narrative_vector"],
        postgresql_using="hnsw",
        postgresql_ops={"narrative_vector": "pgvector.vector_cosine_ops"},
    )
    op.create_index("user_memories_activities_user_memory_id_index", "user_memories_activities", ["user_memory_id"])
    op.create_index(
        "user_memories_activities_feedback_vector_index",
        "user_memories_activities",
        ["feedback_vector"],
        postgresql_using="hnsw",
        postgresql_ops={"feedback_vector": "pgvector.vector_cosine_ops"},
    )
    op.create_index("user_memories_activities_user_id_index", "user_memories_activities", ["user_id"])
    op.create_index("user_memories_activities_status_index", "user_memories_activities", ["status"])


downgrade = not_offered
