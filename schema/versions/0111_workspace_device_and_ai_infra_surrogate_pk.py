"""LobeChat's migration 0111_workspace_device_and_ai_infra_surrogate_pk."""

import sqlalchemy as sa
from alembic import op

from schema.types import TIMESTAMPTZ, not_offered

revision = "0111"
down_revision = "0110"


def upgrade() -> None:
    op.drop_index("devices_user_id_device_id_unique", "devices")
    op.drop_constraint("ai_models_id_provider_id_user_id_pk", "ai_models")
    op.drop_constraint("ai_providers_id_user_id_pk", "ai_providers")
    for table in ("ai_models", "ai_providers"):
        op.execute(f"UPDATE public.{table} SET _id = gen_random_uuid() WHERE _id IS NULL")
        op.alter_column(table, "_id", nullable=False)
    op.add_column("workspaces", sa.Column("frozen", sa.Boolean, server_default=sa.false()))
    op.add_column("workspaces", sa.Column("frozen_reason", sa.Text))
    op.add_column("workspaces", sa.Column("frozen_at", TIMESTAMPTZ))
    op.create_primary_key("ai_models_pkey", "ai_models", ["_id"])
    op.create_primary_key("ai_providers_pkey", "ai_providers", ["_id"])
    op.create_index(
        "ai_models_id_provider_id_user_id_unique",
        "ai_models",
        ["id", "provider_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NULL"),
    )
    op.create_index(
        "ai_models_id_provider_id_user_id_workspace_id_unique",
        "ai_models",
        ["id", "provider_id", "user_id", "workspace_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NOT NULL"),
    )
    op.create_index(
        "ai_providers_id_user_id_workspace_id_unique",
        "ai_providers",
        ["id", "user_id", "workspace_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NOT NULL"),
    )
    op.create_index(
        "ai_providers_id_user_id_unique",
        "ai_providers",
        ["id", "user_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NULL"),
    )
    op.create_index(
        "devices_workspace_id_device_id_unique",
        "devices",
        ["workspace_id", "device_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NOT NULL"),
    )
    op.create_index(
        "devices_user_id_device_id_unique",
        "devices",
        ["user_id", "device_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NULL"),
    )


downgrade = not_offered
