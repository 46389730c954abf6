"""LobeChat's migration 0001_add_client_id."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0001"
down_revision = "0000"


def upgrade() -> None:
    for table in ("messages", "session_groups", "sessions", "topics"):
        op.add_column(table, sa.Column("client_id", sa.Text))
    op.create_unique_constraint("messages_client_id_unique", "messages", ["client_id"])
    op.create_index("messages_client_id_idx", "messages", ["client_id"])
    op.create_unique_constraint("session_groups_client_id_unique", "session_groups", ["client_id"])
    op.create_unique_constraint("sessions_client_id_unique", "sessions", ["client_id"])
    op.create_unique_constraint("topics_client_id_unique", "topics", ["client_id"])


downgrade = not_offered
