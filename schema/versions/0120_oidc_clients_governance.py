"""LobeChat's migration 0120_oidc_clients_governance."""

import sqlalchemy as sa
from alembic import op

from schema.types import TIMESTAMPTZ, not_offered

revision = "0120"
down_revision = "0119"


def upgrade() -> None:
    op.add_column("oidc_clients", sa.Column("user_id", sa.Text))
    op.add_column("oidc_clients", sa.Column("workspace_id", sa.Text))
    op.add_column("oidc_clients", sa.Column("enabled", sa.Boolean))
    op.add_column("oidc_clients", sa.Column("last_used_at", TIMESTAMPTZ))
    op.create_foreign_key(
        "oidc_clients_user_id_users_id_fk", "oidc_clients", "users", ["user_id"], ["id"], ondelete="CASCADE"
    )
    op.create_foreign_key(
        "oidc_clients_workspace_id_workspaces_id_fk",
        "oidc_clients",
        "workspaces",
        ["workspace_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index("oidc_clients_user_id_idx", "oidc_clients", ["user_id"])
    op.create_index("oidc_clients_workspace_id_idx", "oidc_clients", ["workspace_id"])


downgrade = not_offered
