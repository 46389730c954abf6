"""LobeChat's migration 0069_add_topic_shares_table."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered, timestamps

revision = "0069"
down_revision = "0068"


def upgrade() -> None:
    op.create_table(
        "topic_shares",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("topic_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, server_default="private", nullable=False),
        sa.Column("page_view_count", sa.Integer, server_default=sa.text("0"), nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="topic_shares_topic_id_topics_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="topic_shares_user_id_users_id_fk", ondelete="CASCADE"),
    )
    op.create_index("topic_shares_topic_id_unique", "topic_shares", ["topic_id"], unique=True)
    op.create_index("topic_shares_user_id_idx", "topic_shares", ["user_id"])


downgrade = not_offered
