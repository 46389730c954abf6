"""LobeChat's migration 0060_add_user_last_active_at."""

from alembic import op

from schema.types import not_offered, timestamp

revision = "0060"
down_revision = "0059"


def upgrade() -> None:
    op.add_column("users", timestamp("last_active_at"))


downgrade = not_offered
