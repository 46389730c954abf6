"""LobeChat's migration 0064_add_agents_session_group_id."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    op.add_column("agents", sa.Column("session_group_id", sa.Text))
    op.create_foreign_key(
        "agents_session_group_id_session_groups_id_fk",
        "agents",
        "session_groups",
        ["session_group_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("agents_session_group_id_idx", "agents", ["session_group_id"])


downgrade = not_offered
