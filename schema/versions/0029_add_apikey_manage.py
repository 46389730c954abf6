"""LobeChat's migration 0029_add_apikey_manage."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamps

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("name", sa.String(256), nullable=False),
        sa.Column("key", sa.String(256), nullable=False),
        sa.Column("enabled", sa.Boolean, server_default=sa.true()),
        sa.Column("expires_at", TIMESTAMPTZ),
        sa.Column("last_used_at", TIMESTAMPTZ),
        sa.Column("user_id", sa.Text, nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.UniqueConstraint("key", name="api_keys_key_unique"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="api_keys_user_id_users_id_fk", ondelete="CASCADE"),
    )
    op.add_column("rbac_roles", sa.Column("metadata", JSONB, server_default="{}"))


downgrade = not_offered
