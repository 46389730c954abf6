"""LobeChat's migration 0056_update_agent_slug_index."""

from alembic import op

from schema.types import not_offered

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    op.drop_constraint("agents_slug_unique", "agents")
    op.create_index("agents_slug_user_id_unique", "agents", ["slug", "user_id"], unique=True)


downgrade = not_offered
