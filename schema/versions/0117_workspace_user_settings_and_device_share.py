"""LobeChat's migration 0117_workspace_user_settings_and_device_share."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered, timestamps

revision = "0117"
down_revision = "0116"


def upgrade() -> None:
    op.create_table(
        "workspace_user_settings",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("preference", JSONB, server_default="{}", nullable=False),
        *timestamps("created_at", "updated_at"),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name="workspace_user_settings_workspace_id_user_id_pk"),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="workspace_user_settings_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="workspace_user_settings_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("workspace_user_settings_user_id_idx", "workspace_user_settings", ["user_id"])
    op.add_column("devices", sa.Column("visibility", sa.Text))
    op.execute("""
        UPDATE public.devices SET visibility = CASE WHEN workspace_id IS NULL THEN 'private' ELSE 'public' END
        WHERE visibility IS NULL
    """)
    op.alter_column("devices", "visibility", server_default="private", nullable=False)
    op.add_column("devices", sa.Column("shared_from_device_id", sa.String(64)))
    op.create_index("devices_workspace_visibility_idx", "devices", ["workspace_id", "visibility", "user_id"])


downgrade = not_offered
