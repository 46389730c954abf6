"""LobeChat's migration 0076_add_message_group_index."""

from alembic import op

from schema.types import not_offered

revision = "0076"
down_revision = "0075"


def upgrade() -> None:
    op.create_index("messages_message_group_id_idx", "messages", ["message_group_id"])


downgrade = not_offered
