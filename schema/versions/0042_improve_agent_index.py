"""LobeChat's migration 0042_improve_agent_index."""

from alembic import op

from schema.types import not_offered

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.create_index("agents_knowledge_bases_agent_id_idx", "agents_knowledge_bases", ["agent_id"])


downgrade = not_offered
