"""LobeChat's migration 0092_add_agent_documents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamps

revision = "0092"
down_revision = "0091"


def upgrade() -> None:
    _create_agent_documents()


def _create_agent_documents() -> None:
    op.create_table(
        "agent_documents",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("document_id", sa.String(255), nullable=False),
        sa.Column("template_id", sa.String(100)),
        sa.Column("access_self", sa.Integer, server_default=sa.text("31"), nullable=False),
        sa.Column("access_shared", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("access_public", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("policy_load", sa.String(30), server_default="always", nullable=False),
        sa.Column("policy", JSONB),
        sa.Column("policy_load_position", sa.String(50), server_default="before-first-user", nullable=False),
        sa.Column("policy_load_format", sa.String(20), server_default="raw", nullable=False),
        sa.Column("policy_load_rule", sa.String(50), server_default="always", nullable=False),
        sa.Column("deleted_at", TIMESTAMPTZ),
        sa.Column("deleted_by_user_id", sa.Text),
        sa.Column("deleted_by_agent_id", sa.Text),
        sa.Column("delete_reason", sa.Text),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_documents_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="agent_documents_agent_id_agents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="agent_documents_document_id_documents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by_user_id"],
            ["users.id"],
            name="agent_documents_deleted_by_user_id_users_id_fk",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by_agent_id"],
            ["agents.id"],
            name="agent_documents_deleted_by_agent_id_agents_id_fk",
            ondelete="SET NULL",
        ),
    )
    op.create_index("agent_documents_document_id_idx", "agent_documents", ["document_id"])
    op.create_index("agent_documents_access_public_idx", "agent_documents", ["access_public"])
    op.create_index(
        "agent_documents_agent_autoload_deleted_idx", "agent_documents", ["agent_id", "deleted_at", "policy_load"]
    )
    op.create_index("agent_documents_access_shared_idx", "agent_documents", ["access_shared"])
    op.create_index("agent_documents_agent_id_idx", "agent_documents", ["agent_id"])
    op.create_index("agent_documents_template_id_idx", "agent_documents", ["template_id"])
    op.create_index("agent_documents_agent_load_position_idx", "agent_documents", ["agent_id", "policy_load_position"])
    op.create_index(
        "agent_documents_agent_document_user_unique",
        "agent_documents",
        ["agent_id", "document_id", "user_id"],
        unique=True,
    )
    op.create_index("agent_documents_user_id_idx", "agent_documents", ["user_id"])
    op.create_index("agent_documents_policy_load_rule_idx", "agent_documents", ["policy_load_rule"])
    op.create_index("agent_documents_access_self_idx", "agent_documents", ["access_self"])
    op.create_index("agent_documents_deleted_at_idx", "agent_documents", ["deleted_at"])
    op.create_index("agent_documents_policy_load_format_idx", "agent_documents", ["policy_load_format"])
    op.create_index("agent_documents_policy_load_position_idx", "agent_documents", ["policy_load_position"])
    op.create_index("agent_documents_policy_load_idx", "agent_documents", ["policy_load"])


downgrade = not_offered
