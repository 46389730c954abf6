"""LobeChat's migration 0104_add_devices_connectors_push_tokens."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamps

revision = "0104"
down_revision = "0103"


def upgrade() -> None:
    _create_devices()
    _create_document_shares()
    _create_push_tokens()
    _create_user_connectors()
    _create_user_connector_tools()
    op.add_column("tasks", sa.Column("editor_data", JSONB))
    op.add_column("topics", sa.Column("total_cost", sa.Numeric(20, 6)))
    op.add_column("topics", sa.Column("total_input_tokens", sa.Integer))
    op.add_column("topics", sa.Column("total_output_tokens", sa.Integer))
    op.add_column("topics", sa.Column("total_tokens", sa.Integer))
    op.add_column("topics", sa.Column("cost", JSONB))
    op.add_column("topics", sa.Column("usage", JSONB))
    op.add_column("topics", sa.Column("model", sa.Text))
    op.add_column("topics", sa.Column("provider", sa.Text))
    op.create_index("topics_provider_idx", "topics", ["provider"])
    op.create_index("topics_model_idx", "topics", ["model"])


def _create_devices() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("identity_source", sa.String(20), nullable=False),
        sa.Column("hostname", sa.Text),
        sa.Column("platform", sa.String(20)),
        sa.Column("friendly_name", sa.Text),
        sa.Column("default_cwd", sa.Text),
        sa.Column("recent_cwds", ARRAY(sa.Text), server_default="{}", nullable=False),
        *timestamps("first_seen_at", "last_seen_at", "accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="devices_user_id_users_id_fk", ondelete="CASCADE"),
    )
    op.create_index("devices_user_id_device_id_unique", "devices", ["user_id", "device_id"], unique=True)
    op.create_index("devices_user_id_idx", "devices", ["user_id"])


def _create_document_shares() -> None:
    op.create_table(
        "document_shares",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("document_id", sa.String(255), nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, server_default="private", nullable=False),
        sa.Column("permission", sa.Text, server_default="read", nullable=False),
        sa.Column("page_view_count", sa.Integer, server_default=sa.text("0"), nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="document_shares_document_id_documents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="document_shares_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("document_shares_document_id_unique", "document_shares", ["document_id"], unique=True)
    op.create_index("document_shares_user_id_idx", "document_shares", ["user_id"])


def _create_push_tokens() -> None:
    op.create_table(
        "push_tokens",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("expo_token", sa.Text, nullable=False),
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("app_version", sa.Text),
        sa.Column("locale", sa.Text),
        *timestamps("created_at", "last_seen_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="push_tokens_user_id_users_id_fk", ondelete="CASCADE"),
    )
    op.create_index("idx_push_tokens_last_seen", "push_tokens", ["last_seen_at"])
    op.create_index("idx_push_tokens_user", "push_tokens", ["user_id"])
    op.create_index("idx_push_tokens_user_device", "push_tokens", ["user_id", "device_id"], unique=True)


def _create_user_connectors() -> None:
    op.create_table(
        "user_connectors",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("identifier", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("source_type", sa.Text, nullable=False),
        sa.Column("mcp_server_url", sa.Text),
        sa.Column("mcp_connection_type", sa.Text),
        sa.Column("mcp_stdio_config", JSONB),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("is_enabled", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.Column("oidc_config", JSONB),
        sa.Column("credentials", sa.Text),
        sa.Column("token_expires_at", TIMESTAMPTZ),
        sa.Column("metadata", JSONB),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="user_connectors_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("user_connectors_token_expires_at_idx", "user_connectors", ["token_expires_at"])
    op.create_index("user_connectors_user_id_idx", "user_connectors", ["user_id"])
    op.create_index("user_connectors_user_identifier_unique", "user_connectors", ["user_id", "identifier"], unique=True)


def _create_user_connector_tools() -> None:
    op.create_table(
        "user_connector_tools",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("user_connector_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("tool_name", sa.String(255), nullable=False),
        sa.Column("display_name", sa.String(255)),
        sa.Column("description", sa.Text),
        sa.Column("input_schema", JSONB),
        sa.Column("output_schema", JSONB),
        sa.Column("crud_type", sa.Text, nullable=False),
        sa.Column("render_config", JSONB),
        sa.Column("permission", sa.Text, nullable=False),
        sa.Column("is_work_artifact", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("work_artifact_config", JSONB),
        sa.Column("limit_config", JSONB),
        sa.Column("metadata", JSONB),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_connector_id"],
            ["user_connectors.id"],
            name="user_connector_tools_user_connector_id_user_connectors_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="user_connector_tools_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("user_connector_tools_user_id_idx", "user_connector_tools", ["user_id"])
    op.create_index("user_connector_tools_connector_id_idx", "user_connector_tools", ["user_connector_id"])
    op.create_index(
        "user_connector_tools_connector_tool_unique",
        "user_connector_tools",
        ["user_connector_id", "tool_name"],
        unique=True,
    )


downgrade = not_offered
