"""LobeChat's migration 0065_add_passkey."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0065"
down_revision = "0064"


def upgrade() -> None:
    op.create_table(
        "passkey",
        sa.Column("aaguid", sa.Text),
        sa.Column("backedUp", sa.Boolean),
        sa.Column("counter", sa.Integer),
        sa.Column("createdAt", sa.DateTime, server_default=sa.func.now()),
        sa.Column("credentialID", sa.Text, nullable=False),
        sa.Column("deviceType", sa.Text),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text),
        sa.Column("publicKey", sa.Text, nullable=False),
        sa.Column("transports", sa.Text),
        sa.Column("userId", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["userId"], ["users.id"], name="passkey_userId_users_id_fk", ondelete="CASCADE"),
    )
    op.create_index("passkey_credential_id_unique", "passkey", ["credentialID"], unique=True)
    op.create_index("passkey_user_id_idx", "passkey", ["userId"])


downgrade = not_offered
