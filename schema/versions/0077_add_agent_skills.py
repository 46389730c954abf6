"""LobeChat's migration 0077_add_agent_skills."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered, timestamps

revision = "0077"
down_revision = "0076"


def upgrade() -> None:
    op.create_table(
        "agent_skills",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("manifest", JSONB, server_default="{}", nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("editor_data", JSONB),
        sa.Column("resources", JSONB, server_default="{}"),
        sa.Column("zip_file_hash", sa.String(64)),
        sa.Column("user_id", sa.Text, nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["zip_file_hash"],
            ["global_files.hash_id"],
            name="agent_skills_zip_file_hash_global_files_hash_id_fk",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="agent_skills_user_id_users_id_fk", ondelete="CASCADE"),
    )
    op.create_index("agent_skills_user_name_idx", "agent_skills", ["user_id", "name"], unique=True)
    op.create_index("agent_skills_zip_hash_idx", "agent_skills", ["zip_file_hash"])
    op.create_index("agent_skills_identifier_idx", "agent_skills", ["identifier"])
    op.create_index("agent_skills_user_id_idx", "agent_skills", ["user_id"])
    op.create_index("agent_skills_source_idx", "agent_skills", ["source"])


downgrade = not_offered
