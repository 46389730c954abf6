"""LobeChat's migration 0059_add_normalized_email_indexes."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    op.add_column("users", sa.Column("normalized_email", sa.Text))
    op.create_index("users_normalized_email_unique_idx", "users", ["normalized_email"], unique=True)
    op.create_index("users_username_idx", "users", ["username"])
    op.create_index("users_email_idx", "users", ["email"])


downgrade = not_offered
