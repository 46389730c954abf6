"""LobeChat's migration 0049_better_auth."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    _create_accounts()
    _create_auth_sessions()
    _create_verifications()
    op.add_column("users", sa.Column("email_verified", sa.Boolean, server_default=sa.false(), nullable=False))


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("access_token", sa.Text),
        sa.Column("access_token_expires_at", sa.DateTime),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime, server_default=sa.func.now(), nullable=False),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("id_token", sa.Text),
        sa.Column("password", sa.Text),
        sa.Column("provider_id", sa.Text, nullable=False),
        sa.Column("refresh_token", sa.Text),
        sa.Column("refresh_token_expires_at", sa.DateTime),
        sa.Column("scope", sa.Text),
        sa.Column("updated_at", sa.DateTime, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="accounts_user_id_users_id_fk", ondelete="CASCADE"),
    )


def _create_auth_sessions() -> None:
    op.create_table(
        "auth_sessions",
        sa.Column("created_at", sa.DateTime, server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("ip_address", sa.Text),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
        sa.Column("user_agent", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.UniqueConstraint("token", name="auth_sessions_token_unique"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="auth_sessions_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_verifications() -> None:
    op.create_table(
        "verifications",
        sa.Column("created_at", sa.DateTime, server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("updated_at", sa.DateTime, server_default=sa.func.now(), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
    )


downgrade = not_offered
