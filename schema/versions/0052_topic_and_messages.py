"""LobeChat's migration 0052_topic_and_messages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    op.drop_constraint("messages_agent_id_agents_id_fk", "messages")
    op.add_column("messages", sa.Column("editor_data", JSONB))
    op.create_foreign_key(
        "messages_agent_id_agents_id_fk", "messages", "agents", ["agent_id"], ["id"], ondelete="CASCADE"
    )
    op.add_column("topics", sa.Column("content", sa.Text))
    op.add_column("topics", sa.Column("editor_data", JSONB))
    op.add_column("topics", sa.Column("agent_id", sa.Text))
    op.create_foreign_key("topics_agent_id_agents_id_fk", "topics", "agents", ["agent_id"], ["id"], ondelete="CASCADE")
    op.create_index("topics_agent_id_idx", "topics", ["agent_id"])


downgrade = not_offered
