"""LobeChat's migration 0089_add_api_key_hash."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0089"
down_revision = "0088"


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("key_hash", sa.String(128)))
    op.create_unique_constraint("api_keys_key_hash_unique", "api_keys", ["key_hash"])


downgrade = not_offered
