"""LobeChat's migration 0020_add_oidc."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamps

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    _create_oidc_access_tokens()
    _create_oidc_authorization_codes()
    _create_oidc_clients()
    _create_oidc_consents()
    _create_oidc_device_codes()
    _create_oidc_grants()
    _create_oidc_interactions()
    _create_oidc_refresh_tokens()
    _create_oidc_sessions()


def _create_oidc_access_tokens() -> None:
    op.create_table(
        "oidc_access_tokens",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("expires_at", TIMESTAMPTZ, nullable=False),
        sa.Column("consumed_at", TIMESTAMPTZ),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("grant_id", sa.String(255)),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="oidc_access_tokens_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_oidc_authorization_codes() -> None:
    op.create_table(
        "oidc_authorization_codes",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("expires_at", TIMESTAMPTZ, nullable=False),
        sa.Column("consumed_at", TIMESTAMPTZ),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("grant_id", sa.String(255)),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="oidc_authorization_codes_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_oidc_clients() -> None:
    op.create_table(
        "oidc_clients",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("client_secret", sa.String(255)),
        sa.Column("redirect_uris", ARRAY(sa.Text), nullable=False),
        sa.Column("grants", ARRAY(sa.Text), nullable=False),
        sa.Column("response_types", ARRAY(sa.Text), nullable=False),
        sa.Column("scopes", ARRAY(sa.Text), nullable=False),
        sa.Column("token_endpoint_auth_method", sa.String(20)),
        sa.Column("application_type", sa.String(20)),
        sa.Column("client_uri", sa.Text),
        sa.Column("logo_uri", sa.Text),
        sa.Column("policy_uri", sa.Text),
        sa.Column("tos_uri", sa.Text),
        sa.Column("is_first_party", sa.Boolean, server_default=sa.false()),
        *timestamps("accessed_at", "created_at", "updated_at"),
    )


def _create_oidc_consents() -> None:
    op.create_table(
        "oidc_consents",
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("scopes", ARRAY(sa.Text), nullable=False),
        sa.Column("expires_at", TIMESTAMPTZ),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.PrimaryKeyConstraint("user_id", "client_id", name="oidc_consents_user_id_client_id_pk"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="oidc_consents_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["oidc_clients.id"], name="oidc_consents_client_id_oidc_clients_id_fk", ondelete="CASCADE"
        ),
    )


def _create_oidc_device_codes() -> None:
    op.create_table(
        "oidc_device_codes",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("expires_at", TIMESTAMPTZ, nullable=False),
        sa.Column("consumed_at", TIMESTAMPTZ),
        sa.Column("user_id", sa.Text),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("grant_id", sa.String(255)),
        sa.Column("user_code", sa.String(255)),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="oidc_device_codes_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_oidc_grants() -> None:
    op.create_table(
        "oidc_grants",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("expires_at", TIMESTAMPTZ, nullable=False),
        sa.Column("consumed_at", TIMESTAMPTZ),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="oidc_grants_user_id_users_id_fk", ondelete="CASCADE"),
    )


def _create_oidc_interactions() -> None:
    op.create_table(
        "oidc_interactions",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("expires_at", TIMESTAMPTZ, nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
    )


def _create_oidc_refresh_tokens() -> None:
    op.create_table(
        "oidc_refresh_tokens",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("expires_at", TIMESTAMPTZ, nullable=False),
        sa.Column("consumed_at", TIMESTAMPTZ),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("grant_id", sa.String(255)),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="oidc_refresh_tokens_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_oidc_sessions() -> None:
    op.create_table(
        "oidc_sessions",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("expires_at", TIMESTAMPTZ, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="oidc_sessions_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


downgrade = not_offered
