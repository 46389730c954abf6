"""LobeChat's migration 0088_fix_benchmark_add_bot_provider."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered, timestamps

revision = "0088"
down_revision = "0087"


def upgrade() -> None:
    op.drop_index("agent_eval_benchmarks_identifier_unique", "agent_eval_benchmarks")
    op.create_table(
        "agent_bot_providers",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("platform", sa.String(50), nullable=False),
        sa.Column("application_id", sa.String(255), nullable=False),
        sa.Column("credentials", sa.Text),
        sa.Column("enabled", sa.Boolean, server_default=sa.true(), nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="agent_bot_providers_agent_id_agents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_bot_providers_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("agent_bot_providers_agent_id_idx", "agent_bot_providers", ["agent_id"])
    op.create_index("agent_bot_providers_platform_idx", "agent_bot_providers", ["platform"])
    op.create_index(
        "agent_bot_providers_platform_app_id_unique", "agent_bot_providers", ["platform", "application_id"], unique=True
    )
    op.create_index("agent_bot_providers_user_id_idx", "agent_bot_providers", ["user_id"])
    op.add_column("agent_eval_benchmarks", sa.Column("user_id", sa.Text))
    op.add_column("agents", sa.Column("agency_config", JSONB))
    op.create_foreign_key(
        "agent_eval_benchmarks_user_id_users_id_fk",
        "agent_eval_benchmarks",
        "users",
        ["user_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index("agent_eval_benchmarks_user_id_idx", "agent_eval_benchmarks", ["user_id"])
    op.create_index(
        "agent_eval_benchmarks_identifier_user_id_unique",
        "agent_eval_benchmarks",
        ["identifier", "user_id"],
        unique=True,
    )


downgrade = not_offered
