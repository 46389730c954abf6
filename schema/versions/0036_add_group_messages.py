"""LobeChat's migration 0036_add_group_messages."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered, timestamps

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "message_groups",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("topic_id", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("parent_group_id", sa.String(255)),
        sa.Column("parent_message_id", sa.Text),
        sa.Column("title", sa.String(255)),
        sa.Column("description", sa.Text),
        sa.Column("client_id", sa.String(255)),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="message_groups_topic_id_topics_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="message_groups_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_group_id"],
            ["message_groups.id"],
            name="message_groups_parent_group_id_message_groups_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_message_id"],
            ["messages.id"],
            name="message_groups_parent_message_id_messages_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("message_groups_client_id_user_id_unique", "message_groups", ["client_id", "user_id"], unique=True)
    op.add_column("messages", sa.Column("message_group_id", sa.String(255)))
    op.create_foreign_key(
        "messages_message_group_id_message_groups_id_fk",
        "messages",
        "message_groups",
        ["message_group_id"],
        ["id"],
        ondelete="CASCADE",
    )


downgrade = not_offered
