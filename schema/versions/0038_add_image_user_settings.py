"""LobeChat's migration 0038_add_image_user_settings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.add_column("user_settings", sa.Column("image", JSONB))


downgrade = not_offered
