"""LobeChat's migration 0129_workspace_members_unique_active_owner."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0129"
down_revision = "0128"


def upgrade() -> None:
    op.create_index(
        "workspace_members_unique_active_owner_idx",
        "workspace_members",
        ["workspace_id"],
        unique=True,
        postgresql_where=sa.text("(role = 'owner') AND (deleted_at IS NULL)"),
    )


downgrade = not_offered
