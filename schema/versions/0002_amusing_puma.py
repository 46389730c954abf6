"""LobeChat's migration 0002_amusing_puma."""

from alembic import op

from schema.types import not_offered

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.drop_index("messages_client_id_idx", "messages")
    op.drop_constraint("messages_client_id_unique", "messages")
    op.create_index("message_client_id_user_unique", "messages", ["client_id", "user_id"], unique=True)
    op.drop_constraint("session_groups_client_id_unique", "session_groups")
    op.create_unique_constraint("session_group_client_id_user_unique", "session_groups", ["client_id", "user_id"])
    op.drop_constraint("sessions_client_id_unique", "sessions")
    op.create_unique_constraint("sessions_client_id_user_id_unique", "sessions", ["client_id", "user_id"])
    op.drop_constraint("topics_client_id_unique", "topics")
    op.create_unique_constraint("topic_client_id_user_id_unique", "topics", ["client_id", "user_id"])


downgrade = not_offered
