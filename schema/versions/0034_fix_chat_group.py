"""LobeChat's migration 0034_fix_chat_group."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.add_column("chat_groups", sa.Column("group_id", sa.Text))
    op.create_foreign_key(
        "chat_groups_group_id_session_groups_id_fk",
        "chat_groups",
        "session_groups",
        ["group_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.alter_column("messages", "role", type_=sa.String(255))


downgrade = not_offered
