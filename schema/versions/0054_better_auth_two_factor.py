"""LobeChat's migration 0054_better_auth_two_factor."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    op.create_table(
        "two_factor",
        sa.Column("backup_codes", sa.Text, nullable=False),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="two_factor_user_id_users_id_fk", ondelete="CASCADE"),
    )
    op.create_index("two_factor_secret_idx", "two_factor", ["secret"])
    op.create_index("two_factor_user_id_idx", "two_factor", ["user_id"])
    op.create_index("account_userId_idx", "accounts", ["user_id"])
    op.create_index("auth_session_userId_idx", "auth_sessions", ["user_id"])
    op.add_column("users", sa.Column("two_factor_enabled", sa.Boolean, server_default=sa.false()))
    op.add_column("users", sa.Column("phone_number", sa.Text))
    op.add_column("users", sa.Column("phone_number_verified", sa.Boolean))
    op.execute("UPDATE public.users SET email = NULL WHERE email = ''")
    op.create_unique_constraint("users_email_unique", "users", ["email"])
    op.create_unique_constraint("users_phone_number_unique", "users", ["phone_number"])
    op.create_index("verification_identifier_idx", "verifications", ["identifier"])


downgrade = not_offered
