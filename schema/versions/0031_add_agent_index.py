"""LobeChat's migration 0031_add_agent_index."""

from alembic import op

from schema.types import not_offered

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    # Longer texts would not fit into an index.
    op.execute("UPDATE public.agents SET title = left(title, 200) WHERE length(title) > 200")
    op.execute("UPDATE public.agents SET description = left(description, 300) WHERE length(description) > 300")
    op.create_index("agents_title_idx", "agents", ["title"])
    op.create_index("agents_description_idx", "agents", ["description"])


downgrade = not_offered
