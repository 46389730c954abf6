"""LobeChat's migration 0012_add_thread."""

import sqlalchemy as sa
from alembic import op

from schema.types import TIMESTAMPTZ, not_offered, timestamps

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "threads",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("title", sa.Text),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("status", sa.Text, server_default="active"),
        sa.Column("topic_id", sa.Text, nullable=False),
        sa.Column("source_message_id", sa.Text, nullable=False),
        sa.Column("parent_thread_id", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("last_active_at", TIMESTAMPTZ, server_default=sa.func.now()),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="threads_topic_id_topics_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["parent_thread_id"], ["threads.id"], name="threads_parent_thread_id_threads_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="threads_user_id_users_id_fk", ondelete="CASCADE"),
    )
    op.add_column("messages", sa.Column("thread_id", sa.Text))
    op.create_foreign_key(
        "messages_thread_id_threads_id_fk", "messages", "threads", ["thread_id"], ["id"], ondelete="CASCADE"
    )


downgrade = not_offered
