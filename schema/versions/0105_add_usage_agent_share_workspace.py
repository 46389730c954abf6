"""LobeChat's migration 0105_add_usage_agent_share_workspace."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamp, timestamps

revision = "0105"
down_revision = "0104"


def upgrade() -> None:
    _create_agent_shares()
    _create_workspaces()
    _create_workspace_audit_logs()
    _create_workspace_invitations()
    _create_workspace_members()
    op.add_column("messages", sa.Column("usage", JSONB))
    op.add_column("topics", sa.Column("sender_id", sa.Text))
    op.create_index("messages_usage_cost_idx", "messages", [sa.text("(((usage ->> 'cost'))::numeric)")])
    op.create_index("messages_usage_total_tokens_idx", "messages", [sa.text("(((usage ->> 'totalTokens'))::numeric)")])
    op.create_index("topics_sender_id_idx", "topics", ["sender_id"])


def _create_agent_shares() -> None:
    op.create_table(
        "agent_shares",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, server_default="private", nullable=False),
        sa.Column("share_config", JSONB),
        sa.Column("user_view_count", sa.Integer, server_default=sa.text("0"), nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="agent_shares_agent_id_agents_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("agent_shares_visibility_idx", "agent_shares", ["visibility"])
    op.create_index("agent_shares_agent_id_unique", "agent_shares", ["agent_id"], unique=True)


def _create_workspaces() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("slug", sa.String(100), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("description", sa.String(1000)),
        sa.Column("avatar", sa.Text),
        sa.Column("primary_owner_id", sa.Text, nullable=False),
        sa.Column("settings", JSONB, server_default="{}"),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["primary_owner_id"], ["users.id"], name="workspaces_primary_owner_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("workspaces_slug_idx", "workspaces", ["slug"], unique=True)
    op.create_index("workspaces_primary_owner_id_idx", "workspaces", ["primary_owner_id"])


def _create_workspace_audit_logs() -> None:
    op.create_table(
        "workspace_audit_logs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("resource_type", sa.Text),
        sa.Column("resource_id", sa.Text),
        sa.Column("metadata", JSONB, server_default="{}"),
        sa.Column("ip_address", sa.Text),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="workspace_audit_logs_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("workspace_audit_logs_workspace_id_idx", "workspace_audit_logs", ["workspace_id"])
    op.create_index("workspace_audit_logs_created_at_idx", "workspace_audit_logs", ["created_at"])
    op.create_index("workspace_audit_logs_action_idx", "workspace_audit_logs", ["action"])


def _create_workspace_invitations() -> None:
    op.create_table(
        "workspace_invitations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("inviter_id", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("role", sa.Text, server_default="member", nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("status", sa.Text, server_default="pending", nullable=False),
        sa.Column("expires_at", TIMESTAMPTZ, nullable=False),
        *timestamps("created_at", "updated_at"),
        sa.UniqueConstraint("token", name="workspace_invitations_token_unique"),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="workspace_invitations_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["inviter_id"], ["users.id"], name="workspace_invitations_inviter_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("workspace_invitations_token_idx", "workspace_invitations", ["token"])
    op.create_index("workspace_invitations_email_idx", "workspace_invitations", ["email"])
    op.create_index("workspace_invitations_workspace_id_idx", "workspace_invitations", ["workspace_id"])


def _create_workspace_members() -> None:
    op.create_table(
        "workspace_members",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("role", sa.Text, server_default="member", nullable=False),
        *timestamps("joined_at", "updated_at"),
        sa.Column("deleted_at", TIMESTAMPTZ),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name="workspace_members_workspace_id_user_id_pk"),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="workspace_members_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="workspace_members_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("workspace_members_user_id_idx", "workspace_members", ["user_id"])


downgrade = not_offered
