"""LobeChat's migration 0030_add_group_chat."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered, timestamps

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "chat_groups",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("title", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("config", JSONB),
        sa.Column("client_id", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("pinned", sa.Boolean, server_default=sa.false()),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="chat_groups_user_id_users_id_fk", ondelete="CASCADE"),
    )
    op.create_index("chat_groups_client_id_user_id_unique", "chat_groups", ["client_id", "user_id"], unique=True)
    op.create_table(
        "chat_groups_agents",
        sa.Column("chat_group_id", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, server_default=sa.true()),
        sa.Column("order", sa.Integer, server_default=sa.text("0")),
        sa.Column("role", sa.Text, server_default="participant"),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.PrimaryKeyConstraint("chat_group_id", "agent_id", name="chat_groups_agents_chat_group_id_agent_id_pk"),
        sa.ForeignKeyConstraint(
            ["chat_group_id"],
            ["chat_groups.id"],
            name="chat_groups_agents_chat_group_id_chat_groups_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="chat_groups_agents_agent_id_agents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="chat_groups_agents_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.add_column("messages", sa.Column("group_id", sa.Text))
    op.add_column("messages", sa.Column("target_id", sa.Text))
    op.create_foreign_key(
        "messages_group_id_chat_groups_id_fk", "messages", "chat_groups", ["group_id"], ["id"], ondelete="SET NULL"
    )
    op.add_column("topics", sa.Column("group_id", sa.Text))
    op.create_foreign_key(
        "topics_group_id_chat_groups_id_fk", "topics", "chat_groups", ["group_id"], ["id"], ondelete="CASCADE"
    )


downgrade = not_offered
