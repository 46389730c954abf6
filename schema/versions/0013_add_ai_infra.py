"""LobeChat's migration 0013_add_ai_infra."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered, timestamps

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    _create_ai_models()
    _create_ai_providers()


def _create_ai_models() -> None:
    op.create_table(
        "ai_models",
        sa.Column("id", sa.String(150), nullable=False),
        sa.Column("display_name", sa.String(200)),
        sa.Column("description", sa.Text),
        sa.Column("organization", sa.String(100)),
        sa.Column("enabled", sa.Boolean),
        sa.Column("provider_id", sa.String(64), nullable=False),
        sa.Column("type", sa.String(20), server_default="chat", nullable=False),
        sa.Column("sort", sa.Integer),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("pricing", JSONB),
        sa.Column("parameters", JSONB, server_default="{}"),
        sa.Column("config", JSONB),
        sa.Column("abilities", JSONB, server_default="{}"),
        sa.Column("context_window_tokens", sa.Integer),
        sa.Column("source", sa.String(20)),
        sa.Column("released_at", sa.String(10)),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.PrimaryKeyConstraint("id", "provider_id", "user_id", name="ai_models_id_provider_id_user_id_pk"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="ai_models_user_id_users_id_fk", ondelete="CASCADE"),
    )


def _create_ai_providers() -> None:
    op.create_table(
        "ai_providers",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("sort", sa.Integer),
        sa.Column("enabled", sa.Boolean),
        sa.Column("fetch_on_client", sa.Boolean),
        sa.Column("check_model", sa.Text),
        sa.Column("logo", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("key_vaults", sa.Text),
        sa.Column("source", sa.String(20)),
        sa.Column("settings", JSONB),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.PrimaryKeyConstraint("id", "user_id", name="ai_providers_id_user_id_pk"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="ai_providers_user_id_users_id_fk", ondelete="CASCADE"),
    )


downgrade = not_offered
