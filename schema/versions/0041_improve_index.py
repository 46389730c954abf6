"""LobeChat's migration 0041_improve_index."""

from alembic import op

from schema.types import not_offered

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.create_index("agents_files_agent_id_idx", "agents_files", ["agent_id"])
    op.create_index("agents_to_sessions_agent_id_idx", "agents_to_sessions", ["agent_id"])
    op.create_index("agents_to_sessions_session_id_idx", "agents_to_sessions", ["session_id"])
    op.create_index("message_groups_topic_id_idx", "message_groups", ["topic_id"])
    op.create_index("messages_agent_id_idx", "messages", ["agent_id"])
    op.create_index("sessions_user_id_updated_at_idx", "sessions", ["user_id", "updated_at"])
    op.create_index("sessions_group_id_idx", "sessions", ["group_id"])
    op.create_index("threads_topic_id_idx", "threads", ["topic_id"])
    op.create_index("topics_group_id_idx", "topics", ["group_id"])
    op.create_index("topics_session_id_idx", "topics", ["session_id"])


downgrade = not_offered
