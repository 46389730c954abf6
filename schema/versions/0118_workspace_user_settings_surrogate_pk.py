"""LobeChat's migration 0118_workspace_user_settings_surrogate_pk."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0118"
down_revision = "0117"


def upgrade() -> None:
    op.drop_constraint("workspace_user_settings_workspace_id_user_id_pk", "workspace_user_settings")
    op.add_column(
        "workspace_user_settings", sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), nullable=False)
    )
    op.create_primary_key("workspace_user_settings_pkey", "workspace_user_settings", ["id"])
    op.create_index(
        "workspace_user_settings_workspace_id_user_id_unique",
        "workspace_user_settings",
        ["workspace_id", "user_id"],
        unique=True,
    )


downgrade = not_offered
