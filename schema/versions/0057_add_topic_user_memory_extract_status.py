"""LobeChat's migration 0057_add_topic_user_memory_extract_status."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    op.create_index(
        "topics_extract_status_gin_idx",
        "topics",
        [sa.text("(metadata -> 'userMemoryExtractStatus') jsonb_path_ops")],
        postgresql_using="gin",
    )


downgrade = not_offered
