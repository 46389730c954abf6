"""LobeChat's migration 0023_remove_param_and_doubao."""

from alembic import op

from schema.types import not_offered

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute("""
        UPDATE public.agents SET chat_config = jsonb_set(chat_config, '{enableReasoningEffort}', 'false')
        WHERE chat_config ->> 'enableReasoningEffort' = 'true'
    """)
    op.execute("UPDATE public.agents SET params = params - 'reasoning_effort' WHERE params ? 'reasoning_effort'")
    op.execute("DELETE FROM public.ai_providers WHERE id = 'doubao'")


downgrade = not_offered
