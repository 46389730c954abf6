"""LobeChat's migration 0127_add_topic_comments."""

import hashlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamp, timestamps

revision = "0127"
down_revision = "0126"

EVERYONES = tuple((action, "all") for action in ("read", "create", "update", "delete", "restore"))
OWN = tuple((action, "owner") for action in ("create", "update", "delete"))
PERMISSIONS = (*EVERYONES, *OWN)
# A system role, whether it belongs to a workspace, and what it may do.
GRANTS = (
    ("workspace_owner", True, EVERYONES),
    ("workspace_member", True, (EVERYONES[0], *OWN)),
    ("workspace_viewer", True, EVERYONES[:1]),
    ("super_admin", False, EVERYONES),
)


def upgrade() -> None:
    _create_topic_comments()
    _create_topic_comment_mentions()
    for action, scope in PERMISSIONS:
        _add_permission(f"topic_comment:{action}:{scope}", f"Topic Comment {action.capitalize()}")
    for role, in_workspace, permissions in GRANTS:
        for action, scope in permissions:
            _grant(f"topic_comment:{action}:{scope}", role, in_workspace=in_workspace)


def _create_topic_comments() -> None:
    op.create_table(
        "topic_comments",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("topic_id", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text),
        sa.Column("parent_comment_id", sa.Text),
        sa.Column("author_user_id", sa.Text),
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("editor_data", JSONB),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("anchor_preview", JSONB),
        sa.Column("deleted_at", TIMESTAMPTZ),
        sa.Column("moderated_at", TIMESTAMPTZ),
        sa.Column("moderated_by_user_id", sa.Text),
        sa.Column("moderation_expires_at", TIMESTAMPTZ),
        *timestamps("created_at", "updated_at"),
        sa.CheckConstraint(
            "(message_id IS NULL) OR (anchor_preview IS NOT NULL)", name="topic_comments_anchored_requires_preview"
        ),
        sa.CheckConstraint(
            "(parent_comment_id IS NULL) OR ((message_id IS NULL) AND (anchor_preview IS NULL))",
            name="topic_comments_reply_has_no_anchor",
        ),
        sa.CheckConstraint(
            "(moderated_at IS NULL) = (moderation_expires_at IS NULL)",
            name="topic_comments_moderation_window_consistent",
        ),
        sa.CheckConstraint(
            "(deleted_at IS NULL) OR (moderated_at IS NULL)", name="topic_comments_deleted_not_recoverable"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="topic_comments_topic_id_topics_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="topic_comments_message_id_messages_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["parent_comment_id"], ["topic_comments.id"], name="topic_comments_parent_comment_id_topic_comments_id_fk"
        ),
        sa.ForeignKeyConstraint(
            ["author_user_id"], ["users.id"], name="topic_comments_author_user_id_users_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="topic_comments_workspace_id_workspaces_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["moderated_by_user_id"],
            ["users.id"],
            name="topic_comments_moderated_by_user_id_users_id_fk",
            ondelete="SET NULL",
        ),
    )
    op.create_index("topic_comments_topic_id_created_at_id_idx", "topic_comments", ["topic_id", "created_at", "id"])
    op.create_index("topic_comments_author_user_id_idx", "topic_comments", ["author_user_id"])
    op.create_index("topic_comments_message_id_idx", "topic_comments", ["message_id"])
    op.create_index(
        "topic_comments_parent_comment_id_created_at_id_idx",
        "topic_comments",
        ["parent_comment_id", "created_at", "id"],
    )
    op.create_index("topic_comments_topic_id_message_id_idx", "topic_comments", ["topic_id", "message_id"])
    op.create_index("topic_comments_workspace_id_idx", "topic_comments", ["workspace_id"])
    op.create_index(
        "topic_comments_topic_id_author_user_id_client_id_unique",
        "topic_comments",
        ["topic_id", "author_user_id", "client_id"],
        unique=True,
    )
    op.create_index("topic_comments_moderated_by_user_id_idx", "topic_comments", ["moderated_by_user_id"])
    op.create_index("topic_comments_moderation_expires_at_idx", "topic_comments", ["moderation_expires_at"])


def _create_topic_comment_mentions() -> None:
    op.create_table(
        "topic_comment_mentions",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("comment_id", sa.Text, nullable=False),
        sa.Column("mentioned_user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text, nullable=False),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["topic_comments.id"],
            name="topic_comment_mentions_comment_id_topic_comments_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["mentioned_user_id"],
            ["users.id"],
            name="topic_comment_mentions_mentioned_user_id_users_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="topic_comment_mentions_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "topic_comment_mentions_comment_id_mentioned_user_id_unique",
        "topic_comment_mentions",
        ["comment_id", "mentioned_user_id"],
        unique=True,
    )
    op.create_index("topic_comment_mentions_workspace_id_idx", "topic_comment_mentions", ["workspace_id"])
    op.create_index(
        "topic_comment_mentions_mentioned_user_id_created_at_idx",
        "topic_comment_mentions",
        ["mentioned_user_id", "created_at"],
    )


def _add_permission(code: str, name: str) -> None:
    key = hashlib.md5(f"topic-comment-rbac:{code}".encode(), usedforsecurity=False).hexdigest()[:16]
    op.execute(
        sa.text("""
            INSERT INTO public.rbac_permissions (id, code, name, category)
            VALUES (:key, :code, :name, 'topic_comment') ON CONFLICT (code) DO NOTHING
        """).bindparams(key=key, code=code, name=name)
    )


def _grant(code: str, role: str, *, in_workspace: bool) -> None:
    scope = "r.is_system AND r.workspace_id IS NOT NULL" if in_workspace else "r.workspace_id IS NULL"
    op.execute(
        sa.text(f"""
            INSERT INTO public.rbac_role_permissions (role_id, permission_id)
            SELECT r.id, p.id FROM public.rbac_roles r CROSS JOIN public.rbac_permissions p
            WHERE r.name = :role AND {scope} AND p.code = :code
            ON CONFLICT (role_id, permission_id) DO NOTHING
        """).bindparams(role=role, code=code)
    )


downgrade = not_offered
