"""LobeChat's migration 0101_add_messenger_tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamps

revision = "0101"
down_revision = "0100"


def upgrade() -> None:
    _create_messenger_account_links()
    _create_messenger_installations()
    _create_system_bot_providers()


def _create_messenger_account_links() -> None:
    op.create_table(
        "messenger_account_links",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("platform", sa.String(50), nullable=False),
        sa.Column("tenant_id", sa.String(255), server_default="", nullable=False),
        sa.Column("platform_user_id", sa.String(255), nullable=False),
        sa.Column("platform_username", sa.Text),
        sa.Column("active_agent_id", sa.Text),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="messenger_account_links_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["active_agent_id"],
            ["agents.id"],
            name="messenger_account_links_active_agent_id_agents_id_fk",
            ondelete="SET NULL",
        ),
    )
    op.create_index(
        "messenger_account_links_user_platform_tenant_unique",
        "messenger_account_links",
        ["user_id", "platform", "tenant_id"],
        unique=True,
    )
    op.create_index("messenger_account_links_active_agent_idx", "messenger_account_links", ["active_agent_id"])
    op.create_index(
        "messenger_account_links_platform_tenant_user_unique",
        "messenger_account_links",
        ["platform", "tenant_id", "platform_user_id"],
        unique=True,
    )


def _create_messenger_installations() -> None:
    op.create_table(
        "messenger_installations",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("platform", sa.String(50), nullable=False),
        sa.Column("tenant_id", sa.String(255), nullable=False),
        sa.Column("application_id", sa.String(255), nullable=False),
        sa.Column("account_id", sa.String(255)),
        sa.Column("credentials", sa.Text, nullable=False),
        sa.Column("metadata", JSONB, server_default="{}", nullable=False),
        sa.Column("token_expires_at", TIMESTAMPTZ),
        sa.Column("installed_by_user_id", sa.Text),
        sa.Column("installed_by_platform_user_id", sa.String(255)),
        sa.Column("revoked_at", TIMESTAMPTZ),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["installed_by_user_id"],
            ["users.id"],
            name="messenger_installations_installed_by_user_id_users_id_fk",
            ondelete="SET NULL",
        ),
    )
    op.create_index(
        "messenger_installations_platform_app_tenant_unique",
        "messenger_installations",
        ["platform", "application_id", "tenant_id"],
        unique=True,
    )
    op.create_index("messenger_installations_platform_tenant_idx", "messenger_installations", ["platform", "tenant_id"])
    op.create_index("messenger_installations_token_expires_at_idx", "messenger_installations", ["token_expires_at"])


def _create_system_bot_providers() -> None:
    op.create_table(
        "system_bot_providers",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("platform", sa.String(50), nullable=False),
        sa.Column("enabled", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.Column("credentials", sa.Text, nullable=False),
        sa.Column("application_id", sa.String(255)),
        sa.Column("settings", JSONB, server_default="{}", nullable=False),
        sa.Column("connection_mode", sa.String(20)),
        *timestamps("accessed_at", "created_at", "updated_at"),
    )
    op.create_index("system_bot_providers_platform_unique", "system_bot_providers", ["platform"], unique=True)


downgrade = not_offered
