"""LobeChat's migration 0124_agent_quota_accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamp, timestamps

revision = "0124"
down_revision = "0123"


def upgrade() -> None:
    _create_agent_provider_accounts()
    _create_agent_account_bindings()
    _create_agent_quota_calibrations()
    _create_agent_quota_snapshots()
    _create_agent_quota_usage_ledger()
    _create_agent_quota_windows()


def _create_agent_provider_accounts() -> None:
    op.create_table(
        "agent_provider_accounts",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("external_account_id", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("display_name", sa.Text),
        sa.Column("organization_id", sa.Text),
        sa.Column("plan_tier", sa.Text),
        sa.Column("rate_limit_tier", sa.Text),
        sa.Column("label", sa.String(255)),
        sa.Column("credential_mode", sa.Text, server_default="referenced", nullable=False),
        sa.Column("credentials", sa.Text),
        sa.Column("credential_ref", JSONB),
        sa.Column("token_expires_at", TIMESTAMPTZ),
        sa.Column("status", sa.Text, server_default="active", nullable=False),
        sa.Column("enabled", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.Column("last_validated_at", TIMESTAMPTZ),
        sa.Column("metadata", JSONB),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_provider_accounts_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="agent_provider_accounts_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("agent_provider_accounts_token_expires_at_idx", "agent_provider_accounts", ["token_expires_at"])
    op.create_index(
        "agent_provider_accounts_identity_unique",
        "agent_provider_accounts",
        ["user_id", "provider", "external_account_id"],
        unique=True,
        postgresql_where=sa.text("external_account_id IS NOT NULL"),
    )
    op.create_index("agent_provider_accounts_workspace_id_idx", "agent_provider_accounts", ["workspace_id"])
    op.create_index("agent_provider_accounts_user_id_idx", "agent_provider_accounts", ["user_id"])


def _create_agent_account_bindings() -> None:
    op.create_table(
        "agent_account_bindings",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("role", sa.Text, server_default="pool", nullable=False),
        sa.Column("priority", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("weight", sa.Integer, server_default=sa.text("1"), nullable=False),
        sa.Column("enabled", sa.Boolean, server_default=sa.true(), nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="agent_account_bindings_agent_id_agents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["agent_provider_accounts.id"],
            name="agent_account_bindings_account_id_agent_provider_accounts_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_account_bindings_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="agent_account_bindings_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("agent_account_bindings_agent_id_idx", "agent_account_bindings", ["agent_id"])
    op.create_index("agent_account_bindings_account_id_idx", "agent_account_bindings", ["account_id"])
    op.create_index(
        "agent_account_bindings_agent_account_unique", "agent_account_bindings", ["agent_id", "account_id"], unique=True
    )
    op.create_index("agent_account_bindings_user_id_idx", "agent_account_bindings", ["user_id"])
    op.create_index(
        "agent_account_bindings_agent_pinned_unique",
        "agent_account_bindings",
        ["agent_id"],
        unique=True,
        postgresql_where=sa.text("role = 'pinned'"),
    )
    op.create_index("agent_account_bindings_workspace_id_idx", "agent_account_bindings", ["workspace_id"])


def _create_agent_quota_calibrations() -> None:
    op.create_table(
        "agent_quota_calibrations",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("limit_type", sa.Text, nullable=False),
        sa.Column("scope_key", sa.Text, server_default="", nullable=False),
        sa.Column("capacity_usd", sa.Numeric(20, 6), nullable=False),
        sa.Column("capacity_tokens_equivalent", sa.BigInteger),
        sa.Column("model_mix", JSONB),
        sa.Column("sample_count", sa.Integer, nullable=False),
        sa.Column("confidence", sa.Numeric(20, 6)),
        sa.Column("method", sa.Text),
        sa.Column("window_seconds", sa.Integer),
        timestamp("calibrated_at"),
        sa.Column("metadata", JSONB),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["agent_provider_accounts.id"],
            name="agent_quota_calibrations_account_id_agent_provider_accounts_id_",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_quota_calibrations_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="agent_quota_calibrations_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("agent_quota_calibrations_workspace_id_idx", "agent_quota_calibrations", ["workspace_id"])
    op.create_index(
        "agent_quota_calibrations_account_type_scope_idx",
        "agent_quota_calibrations",
        ["account_id", "limit_type", "scope_key", "calibrated_at"],
    )


def _create_agent_quota_snapshots() -> None:
    op.create_table(
        "agent_quota_snapshots",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("device_id", sa.Uuid),
        sa.Column("limit_type", sa.Text, nullable=False),
        sa.Column("scope_key", sa.Text, server_default="", nullable=False),
        sa.Column("resets_at", TIMESTAMPTZ),
        sa.Column("utilization", sa.Integer, nullable=False),
        sa.Column("severity", sa.Text),
        sa.Column("is_active", sa.Boolean),
        timestamp("captured_at"),
        sa.Column("raw", JSONB),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["agent_provider_accounts.id"],
            name="agent_quota_snapshots_account_id_agent_provider_accounts_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_quota_snapshots_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="agent_quota_snapshots_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name="agent_quota_snapshots_device_id_devices_id_fk", ondelete="SET NULL"
        ),
    )
    op.create_index("agent_quota_snapshots_workspace_id_idx", "agent_quota_snapshots", ["workspace_id"])
    op.create_index(
        "agent_quota_snapshots_account_captured_idx", "agent_quota_snapshots", ["account_id", "captured_at"]
    )
    op.create_index("agent_quota_snapshots_resets_at_idx", "agent_quota_snapshots", ["resets_at"])
    op.create_index(
        "agent_quota_snapshots_account_type_scope_idx",
        "agent_quota_snapshots",
        ["account_id", "limit_type", "scope_key", "captured_at"],
    )


def _create_agent_quota_usage_ledger() -> None:
    op.create_table(
        "agent_quota_usage_ledger",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("account_id", sa.Uuid),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("occurred_at", TIMESTAMPTZ, nullable=False),
        sa.Column("input_tokens", sa.Integer),
        sa.Column("output_tokens", sa.Integer),
        sa.Column("cache_read_tokens", sa.Integer),
        sa.Column("cache_write_tokens", sa.Integer),
        sa.Column("reasoning_tokens", sa.Integer),
        sa.Column("cost_usd", sa.Numeric(20, 6)),
        sa.Column("cost_source", sa.Text),
        sa.Column("message_id", sa.Text),
        sa.Column("operation_id", sa.Text),
        sa.Column("topic_id", sa.Text),
        sa.Column("agent_id", sa.Text),
        sa.Column("external_event_id", sa.Text),
        sa.Column("metadata", JSONB),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["agent_provider_accounts.id"],
            name="agent_quota_usage_ledger_account_id_agent_provider_accounts_id_",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_quota_usage_ledger_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="agent_quota_usage_ledger_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name="agent_quota_usage_ledger_message_id_messages_id_fk",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["agent_operations.id"],
            name="agent_quota_usage_ledger_operation_id_agent_operations_id_fk",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="agent_quota_usage_ledger_topic_id_topics_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="agent_quota_usage_ledger_agent_id_agents_id_fk", ondelete="SET NULL"
        ),
    )
    op.create_index("agent_quota_usage_ledger_workspace_id_idx", "agent_quota_usage_ledger", ["workspace_id"])
    op.create_index("agent_quota_usage_ledger_operation_id_idx", "agent_quota_usage_ledger", ["operation_id"])
    op.create_index("agent_quota_usage_ledger_message_id_idx", "agent_quota_usage_ledger", ["message_id"])
    op.create_index(
        "agent_quota_usage_ledger_external_event_unique",
        "agent_quota_usage_ledger",
        ["external_event_id"],
        unique=True,
        postgresql_where=sa.text("external_event_id IS NOT NULL"),
    )
    op.create_index(
        "agent_quota_usage_ledger_account_occurred_idx", "agent_quota_usage_ledger", ["account_id", "occurred_at"]
    )
    op.create_index(
        "agent_quota_usage_ledger_account_model_occurred_idx",
        "agent_quota_usage_ledger",
        ["account_id", "model", "occurred_at"],
    )


def _create_agent_quota_windows() -> None:
    op.create_table(
        "agent_quota_windows",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("limit_type", sa.Text, nullable=False),
        sa.Column("scope_key", sa.Text, server_default="", nullable=False),
        sa.Column("resets_at", TIMESTAMPTZ, nullable=False),
        sa.Column("window_start_at", TIMESTAMPTZ, nullable=False),
        sa.Column("window_seconds", sa.Integer, nullable=False),
        sa.Column("peak_utilization", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("last_utilization", sa.Integer),
        sa.Column("rate_limited_at", TIMESTAMPTZ),
        sa.Column("observed_cost_usd", sa.Numeric(20, 6)),
        sa.Column("observed_tokens", sa.BigInteger),
        sa.Column("estimated_capacity_usd", sa.Numeric(20, 6)),
        sa.Column("contaminated", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("first_seen_at", TIMESTAMPTZ),
        sa.Column("last_seen_at", TIMESTAMPTZ),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["agent_provider_accounts.id"],
            name="agent_quota_windows_account_id_agent_provider_accounts_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_quota_windows_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="agent_quota_windows_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("agent_quota_windows_account_resets_idx", "agent_quota_windows", ["account_id", "resets_at"])
    op.create_index(
        "agent_quota_windows_natural_key_unique",
        "agent_quota_windows",
        ["account_id", "limit_type", "scope_key", "resets_at"],
        unique=True,
    )
    op.create_index("agent_quota_windows_user_id_idx", "agent_quota_windows", ["user_id"])
    op.create_index("agent_quota_windows_workspace_id_idx", "agent_quota_windows", ["workspace_id"])


downgrade = not_offered
