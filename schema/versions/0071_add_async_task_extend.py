"""LobeChat's migration 0071_add_async_task_extend."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0071"
down_revision = "0070"


def upgrade() -> None:
    op.add_column("async_tasks", sa.Column("parent_id", sa.Uuid))
    op.add_column("async_tasks", sa.Column("metadata", JSONB, server_default="{}", nullable=False))
    op.create_index("async_tasks_metadata_idx", "async_tasks", ["metadata"], postgresql_using="gin")
    op.create_index("async_tasks_type_status_idx", "async_tasks", ["type", "status"])
    op.create_index("async_tasks_parent_id_idx", "async_tasks", ["parent_id"])


downgrade = not_offered
