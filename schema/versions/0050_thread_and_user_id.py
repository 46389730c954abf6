"""LobeChat's migration 0050_thread_and_user_id."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.drop_constraint("nextauth_accounts_userId_users_id_fk", "nextauth_accounts")
    op.alter_column("nextauth_accounts", "userId", new_column_name="user_id")
    op.create_foreign_key(
        "nextauth_accounts_user_id_users_id_fk", "nextauth_accounts", "users", ["user_id"], ["id"], ondelete="CASCADE"
    )
    op.drop_constraint("nextauth_authenticators_userId_credentialID_pk", "nextauth_authenticators")
    op.drop_constraint("nextauth_authenticators_userId_users_id_fk", "nextauth_authenticators")
    op.alter_column("nextauth_authenticators", "userId", new_column_name="user_id")
    op.create_primary_key(
        "nextauth_authenticators_user_id_credentialID_pk", "nextauth_authenticators", ["user_id", "credentialID"]
    )
    op.create_foreign_key(
        "nextauth_authenticators_user_id_users_id_fk",
        "nextauth_authenticators",
        "users",
        ["user_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.drop_constraint("nextauth_sessions_userId_users_id_fk", "nextauth_sessions")
    op.alter_column("nextauth_sessions", "userId", new_column_name="user_id")
    op.create_foreign_key(
        "nextauth_sessions_user_id_users_id_fk", "nextauth_sessions", "users", ["user_id"], ["id"], ondelete="CASCADE"
    )
    op.alter_column("threads", "status", server_default=None)
    op.alter_column("threads", "source_message_id", nullable=True)
    op.add_column("threads", sa.Column("content", sa.Text))
    op.add_column("threads", sa.Column("editor_data", JSONB))


downgrade = not_offered
