"""LobeChat's migration 0027_ai_image."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import not_offered, timestamps

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    _create_generation_topics()
    _create_generation_batches()
    _create_generations()
    op.add_column("files", sa.Column("source", sa.Text))


def _create_generation_topics() -> None:
    op.create_table(
        "generation_topics",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("cover_url", sa.Text),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="generation_topics_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_generation_batches() -> None:
    op.create_table(
        "generation_batches",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("generation_topic_id", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("ratio", sa.String(64)),
        sa.Column("config", JSONB),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="generation_batches_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["generation_topic_id"],
            ["generation_topics.id"],
            name="generation_batches_generation_topic_id_generation_topics_id_fk",
            ondelete="CASCADE",
        ),
    )


def _create_generations() -> None:
    op.create_table(
        "generations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("generation_batch_id", sa.String(64), nullable=False),
        sa.Column("async_task_id", sa.Uuid),
        sa.Column("file_id", sa.Text),
        sa.Column("seed", sa.Integer),
        sa.Column("asset", JSONB),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="generations_user_id_users_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["generation_batch_id"],
            ["generation_batches.id"],
            name="generations_generation_batch_id_generation_batches_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["async_task_id"],
            ["async_tasks.id"],
            name="generations_async_task_id_async_tasks_id_fk",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="generations_file_id_files_id_fk", ondelete="CASCADE"),
    )


downgrade = not_offered
