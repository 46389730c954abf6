"""LobeChat's migration 0123_resource_permissions_and_messenger_credentials."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered, timestamps

revision = "0123"
down_revision = "0122"


def upgrade() -> None:
    op.create_table(
        "resource_permissions",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("resource_type", sa.Text, nullable=False),
        sa.Column("resource_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("access_level", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="resource_permissions_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name="resource_permissions_created_by_users_id_fk", ondelete="SET NULL"
        ),
    )
    op.create_index(
        "resource_permissions_workspace_resource_unique",
        "resource_permissions",
        ["workspace_id", "resource_type", "resource_id"],
        unique=True,
    )
    op.create_index("resource_permissions_resource_idx", "resource_permissions", ["resource_type", "resource_id"])
    op.create_index("resource_permissions_workspace_idx", "resource_permissions", ["workspace_id"])
    op.add_column("messenger_account_links", sa.Column("application_id", sa.String(255)))
    op.add_column("messenger_account_links", sa.Column("credentials", sa.Text))
    op.create_index(
        "messenger_account_links_platform_tenant_application_unique",
        "messenger_account_links",
        ["platform", "tenant_id", "application_id"],
        unique=True,
        postgresql_where=sa.text("application_id IS NOT NULL"),
    )


downgrade = not_offered
