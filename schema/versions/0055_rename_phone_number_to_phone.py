"""LobeChat's migration 0055_rename_phone_number_to_phone."""

from alembic import op

from schema.types import not_offered

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    op.drop_constraint("users_phone_number_unique", "users")
    op.drop_column("users", "phone_number")
    op.create_unique_constraint("users_phone_unique", "users", ["phone"])


downgrade = not_offered
