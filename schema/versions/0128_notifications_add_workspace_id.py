"""LobeChat's migration 0128_notifications_add_workspace_id."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0128"
down_revision = "0127"


def upgrade() -> None:
    op.add_column("notifications", sa.Column("workspace_id", sa.Text))
    op.create_foreign_key(
        "notifications_workspace_id_workspaces_id_fk",
        "notifications",
        "workspaces",
        ["workspace_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index("idx_notifications_user_workspace", "notifications", ["user_id", "workspace_id"])
    op.create_index("idx_notifications_workspace_id", "notifications", ["workspace_id"])


downgrade = not_offered
