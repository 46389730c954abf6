"""LobeChat's migration 0125_add_stats_activity_created_at_indexes."""

from alembic import op

from schema.types import not_offered

revision = "0125"
down_revision = "0124"


def upgrade() -> None:
    op.create_index("agents_created_at_idx", "agents", ["created_at"])
    op.create_index("topics_created_at_idx", "topics", ["created_at"])


downgrade = not_offered
