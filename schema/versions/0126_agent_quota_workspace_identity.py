"""LobeChat's migration 0126_agent_quota_workspace_identity."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0126"
down_revision = "0125"


def upgrade() -> None:
    op.drop_index("agent_provider_accounts_identity_unique", "agent_provider_accounts")
    op.create_index(
        "agent_provider_accounts_identity_workspace_unique",
        "agent_provider_accounts",
        ["provider", "external_account_id", "workspace_id"],
        unique=True,
        postgresql_where=sa.text("(external_account_id IS NOT NULL) AND (workspace_id IS NOT NULL)"),
    )
    op.create_index(
        "agent_provider_accounts_identity_unique",
        "agent_provider_accounts",
        ["user_id", "provider", "external_account_id"],
        unique=True,
        postgresql_where=sa.text("(external_account_id IS NOT NULL) AND (workspace_id IS NULL)"),
    )


downgrade = not_offered
