"""LobeChat's migration 0009_remove_unused_user_tables."""

from alembic import op

from schema.types import not_offered

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.drop_table("user_budgets")
    op.drop_table("user_subscriptions")


downgrade = not_offered
