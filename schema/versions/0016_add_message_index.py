"""LobeChat's migration 0016_add_message_index."""

from alembic import op

from schema.types import not_offered

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_index("messages_parent_id_idx", "messages", ["parent_id"])
    op.create_index("messages_topic_id_idx", "messages", ["topic_id"])
    op.create_index("messages_quota_id_idx", "messages", ["quota_id"])


downgrade = not_offered
