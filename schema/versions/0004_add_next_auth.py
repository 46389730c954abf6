"""LobeChat's migration 0004_add_next_auth."""

import sqlalchemy as sa
from alembic import op

from schema.types import TIMESTAMPTZ, not_offered

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _create_nextauth_accounts()
    _create_nextauth_authenticators()
    _create_nextauth_sessions()
    _create_nextauth_verificationtokens()
    op.add_column("users", sa.Column("full_name", sa.Text))
    op.add_column("users", sa.Column("email_verified_at", TIMESTAMPTZ))


def _create_nextauth_accounts() -> None:
    op.create_table(
        "nextauth_accounts",
        sa.Column("access_token", sa.Text),
        sa.Column("expires_at", sa.Integer),
        sa.Column("id_token", sa.Text),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("providerAccountId", sa.Text, nullable=False),
        sa.Column("refresh_token", sa.Text),
        sa.Column("scope", sa.Text),
        sa.Column("session_state", sa.Text),
        sa.Column("token_type", sa.Text),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("userId", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint(
            "provider", "providerAccountId", name="nextauth_accounts_provider_providerAccountId_pk"
        ),
        sa.ForeignKeyConstraint(
            ["userId"], ["users.id"], name="nextauth_accounts_userId_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_nextauth_authenticators() -> None:
    op.create_table(
        "nextauth_authenticators",
        sa.Column("counter", sa.Integer, nullable=False),
        sa.Column("credentialBackedUp", sa.Boolean, nullable=False),
        sa.Column("credentialDeviceType", sa.Text, nullable=False),
        sa.Column("credentialID", sa.Text, nullable=False),
        sa.Column("credentialPublicKey", sa.Text, nullable=False),
        sa.Column("providerAccountId", sa.Text, nullable=False),
        sa.Column("transports", sa.Text),
        sa.Column("userId", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("userId", "credentialID", name="nextauth_authenticators_userId_credentialID_pk"),
        sa.UniqueConstraint("credentialID", name="nextauth_authenticators_credentialID_unique"),
        sa.ForeignKeyConstraint(
            ["userId"], ["users.id"], name="nextauth_authenticators_userId_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_nextauth_sessions() -> None:
    op.create_table(
        "nextauth_sessions",
        sa.Column("expires", sa.DateTime, nullable=False),
        sa.Column("sessionToken", sa.Text, primary_key=True),
        sa.Column("userId", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["userId"], ["users.id"], name="nextauth_sessions_userId_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_nextauth_verificationtokens() -> None:
    op.create_table(
        "nextauth_verificationtokens",
        sa.Column("expires", sa.DateTime, nullable=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("identifier", "token", name="nextauth_verificationtokens_identifier_token_pk"),
    )


downgrade = not_offered
