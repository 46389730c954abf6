"""LobeChat's migration 0003_naive_echo."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered, timestamps

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "user_budgets",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("free_budget_id", sa.Text),
        sa.Column("free_budget_key", sa.Text),
        sa.Column("subscription_budget_id", sa.Text),
        sa.Column("subscription_budget_key", sa.Text),
        sa.Column("package_budget_id", sa.Text),
        sa.Column("package_budget_key", sa.Text),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(["id"], ["users.id"], name="user_budgets_id_users_id_fk", ondelete="CASCADE"),
    )
    op.create_table(
        "user_subscriptions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("stripe_id", sa.Text),
        sa.Column("currency", sa.Text),
        sa.Column("pricing", sa.Integer),
        sa.Column("billing_paid_at", sa.Integer),
        sa.Column("billing_cycle_start", sa.Integer),
        sa.Column("billing_cycle_end", sa.Integer),
        sa.Column("cancel_at_period_end", sa.Boolean),
        sa.Column("cancel_at", sa.Integer),
        sa.Column("next_billing", JSONB),
        sa.Column("plan", sa.Text),
        sa.Column("recurring", sa.Text),
        sa.Column("storage_limit", sa.Integer),
        sa.Column("status", sa.Integer),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="user_subscriptions_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.drop_column("users", "key")
    op.alter_column("users", "preference", server_default=None)


downgrade = not_offered
