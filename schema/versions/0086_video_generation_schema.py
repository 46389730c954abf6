"""LobeChat's migration 0086_video_generation_schema."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0086"
down_revision = "0085"


def upgrade() -> None:
    op.add_column("async_tasks", sa.Column("inference_id", sa.Text))
    op.add_column("generation_topics", sa.Column("type", sa.String(32), server_default="image", nullable=False))
    op.create_index("async_tasks_inference_id_idx", "async_tasks", ["inference_id"])


downgrade = not_offered
