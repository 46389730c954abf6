"""LobeChat's migration 0040_improve_user_memory_field."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from schema.types import TIMESTAMPTZ, not_offered

revision = "0040"
down_revision = "0039"


MEMORIES = ("contexts", "experiences", "identities", "preferences")
DROPPED = (
    ("contexts", ("labels", "extracted_labels")),
    ("experiences", ("labels", "extracted_labels")),
    ("identities", ("current_focuses", "experience", "extracted_labels", "labels")),
    ("preferences", ("context_id", "labels", "extracted_labels", "extracted_scopes")),
)


def upgrade() -> None:
    op.drop_constraint("user_memories_preferences_context_id_user_memories_contexts_id_", "user_memories_preferences")
    for memory, columns in DROPPED:
        for column in columns:
            op.drop_column(f"user_memories_{memory}", column)
    op.alter_column("user_memories_experiences", "user_memory_id", type_=sa.String(255))
    op.alter_column("user_memories_identities", "relationship", type_=sa.String(255))
    op.alter_column("user_memories_identities", "user_memory_id", type_=sa.String(255))
    _add_columns()
    for memory in MEMORIES:
        table = f"user_memories_{memory}"
        op.create_foreign_key(f"{table}_user_id_users_id_fk", table, "users", ["user_id"], ["id"], ondelete="CASCADE")


def _add_columns() -> None:
    for memory in MEMORIES:
        op.add_column(f"user_memories_{memory}", sa.Column("user_id", sa.Text))
    for table in ("user_memories", "user_memories_contexts", "user_memories_identities", "user_memories_preferences"):
        op.add_column(table, sa.Column("metadata", JSONB))
    for table in ("user_memories", *(f"user_memories_{memory}" for memory in MEMORIES)):
        op.add_column(table, sa.Column("tags", ARRAY(sa.Text)))
    op.add_column("user_memories_identities", sa.Column("episodic_date", TIMESTAMPTZ))


downgrade = not_offered
