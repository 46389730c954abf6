"""LobeChat's migration 0096_add_notification_tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamp, timestamps

revision = "0096"
down_revision = "0095"


def upgrade() -> None:
    _create_notifications()
    _create_notification_deliveries()
    op.add_column("user_settings", sa.Column("notification", JSONB))


def _create_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("dedupe_key", sa.Text),
        sa.Column("action_url", sa.Text),
        sa.Column("is_read", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("is_archived", sa.Boolean, server_default=sa.false(), nullable=False),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="notifications_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "idx_notifications_user_active",
        "notifications",
        ["user_id", "created_at"],
        postgresql_where=sa.text("is_archived = false"),
    )
    op.create_index(
        "idx_notifications_user_unread",
        "notifications",
        ["user_id"],
        postgresql_where=sa.text("(is_read = false) AND (is_archived = false)"),
    )
    op.create_index("idx_notifications_user", "notifications", ["user_id"])
    op.create_index("idx_notifications_dedupe", "notifications", ["user_id", "dedupe_key"], unique=True)
    op.create_index(
        "idx_notifications_archived_cleanup",
        "notifications",
        ["updated_at", "created_at", "id"],
        postgresql_where=sa.text("is_archived = true"),
    )


def _create_notification_deliveries() -> None:
    op.create_table(
        "notification_deliveries",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("notification_id", sa.Uuid, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("provider_message_id", sa.Text),
        sa.Column("failed_reason", sa.Text),
        sa.Column("sent_at", TIMESTAMPTZ),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.id"],
            name="notification_deliveries_notification_id_notifications_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("idx_deliveries_status", "notification_deliveries", ["status"])
    op.create_index("idx_deliveries_notification", "notification_deliveries", ["notification_id"])
    op.create_index("idx_deliveries_channel", "notification_deliveries", ["channel"])


downgrade = not_offered
