"""LobeChat's migration 0000_init."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamps

revision = "0000"
down_revision = None


def upgrade() -> None:
    _create_users()
    _create_agents()
    _create_tags()
    _create_agents_tags()
    _create_session_groups()
    _create_sessions()
    _create_agents_to_sessions()
    _create_files()
    _create_files_to_agents()
    _create_topics()
    _create_messages()
    _create_files_to_messages()
    _create_files_to_sessions()
    _create_plugins()
    _create_market()
    _create_message_plugins()
    _create_message_translates()
    _create_message_tts()
    _create_plugins_tags()
    _create_user_installed_plugins()
    _create_user_settings()


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("username", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("avatar", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("first_name", sa.Text),
        sa.Column("last_name", sa.Text),
        sa.Column("is_onboarded", sa.Boolean, server_default=sa.false()),
        sa.Column("clerk_created_at", TIMESTAMPTZ),
        sa.Column(
            "preference",
            JSONB,
            server_default='{"guide": {"topic": true, "moveSettingsToAvatar": true}, '
            '"telemetry": null, "useCmdEnterToSend": false}',
        ),
        *timestamps("created_at", "updated_at"),
        sa.Column("key", sa.Text),
        sa.UniqueConstraint("username", name="users_username_unique"),
    )


def _create_agents() -> None:
    op.create_table(
        "agents",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("slug", sa.String(100)),
        sa.Column("title", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("tags", JSONB, server_default="[]"),
        sa.Column("avatar", sa.Text),
        sa.Column("background_color", sa.Text),
        sa.Column("plugins", JSONB, server_default="[]"),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("chat_config", JSONB),
        sa.Column("few_shots", JSONB),
        sa.Column("model", sa.Text),
        sa.Column("params", JSONB, server_default="{}"),
        sa.Column("provider", sa.Text),
        sa.Column("system_role", sa.Text),
        sa.Column("tts", JSONB),
        *timestamps("created_at", "updated_at"),
        sa.UniqueConstraint("slug", name="agents_slug_unique"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="agents_user_id_users_id_fk", ondelete="CASCADE"),
    )


def _create_tags() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        *timestamps("created_at", "updated_at"),
        sa.UniqueConstraint("slug", name="tags_slug_unique"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="tags_user_id_users_id_fk", ondelete="CASCADE"),
    )


def _create_agents_tags() -> None:
    op.create_table(
        "agents_tags",
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("tag_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "tag_id", name="agents_tags_agent_id_tag_id_pk"),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="agents_tags_agent_id_agents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name="agents_tags_tag_id_tags_id_fk", ondelete="CASCADE"),
    )


def _create_session_groups() -> None:
    op.create_table(
        "session_groups",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sort", sa.Integer),
        sa.Column("user_id", sa.Text, nullable=False),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="session_groups_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("slug", sa.String(100), nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("avatar", sa.Text),
        sa.Column("background_color", sa.Text),
        sa.Column("type", sa.Text, server_default="agent"),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("group_id", sa.Text),
        sa.Column("pinned", sa.Boolean, server_default=sa.false()),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="sessions_user_id_users_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["session_groups.id"], name="sessions_group_id_session_groups_id_fk", ondelete="SET NULL"
        ),
    )
    op.create_index("slug_user_id_unique", "sessions", ["slug", "user_id"], unique=True)


def _create_agents_to_sessions() -> None:
    op.create_table(
        "agents_to_sessions",
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "session_id", name="agents_to_sessions_agent_id_session_id_pk"),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="agents_to_sessions_agent_id_agents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="agents_to_sessions_session_id_sessions_id_fk", ondelete="CASCADE"
        ),
    )


def _create_files() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("file_type", sa.String(255), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("metadata", JSONB),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="files_user_id_users_id_fk", ondelete="CASCADE"),
    )


def _create_files_to_agents() -> None:
    op.create_table(
        "files_to_agents",
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("file_id", "agent_id", name="files_to_agents_file_id_agent_id_pk"),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name="files_to_agents_file_id_files_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="files_to_agents_agent_id_agents_id_fk", ondelete="CASCADE"
        ),
    )


def _create_topics() -> None:
    op.create_table(
        "topics",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("session_id", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("favorite", sa.Boolean, server_default=sa.false()),
        sa.Column("title", sa.Text),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="topics_session_id_sessions_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="topics_user_id_users_id_fk", ondelete="CASCADE"),
    )


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("model", sa.Text),
        sa.Column("provider", sa.Text),
        sa.Column("favorite", sa.Boolean, server_default=sa.false()),
        sa.Column("error", JSONB),
        sa.Column("tools", JSONB),
        sa.Column("trace_id", sa.Text),
        sa.Column("observation_id", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text),
        sa.Column("topic_id", sa.Text),
        sa.Column("parent_id", sa.Text),
        sa.Column("quota_id", sa.Text),
        sa.Column("agent_id", sa.Text),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="messages_user_id_users_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="messages_session_id_sessions_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="messages_topic_id_topics_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["messages.id"], name="messages_parent_id_messages_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["quota_id"], ["messages.id"], name="messages_quota_id_messages_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="messages_agent_id_agents_id_fk", ondelete="SET NULL"
        ),
    )
    op.create_index("messages_created_at_idx", "messages", ["created_at"])


def _create_files_to_messages() -> None:
    op.create_table(
        "files_to_messages",
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("file_id", "message_id", name="files_to_messages_file_id_message_id_pk"),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name="files_to_messages_file_id_files_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="files_to_messages_message_id_messages_id_fk", ondelete="CASCADE"
        ),
    )


def _create_files_to_sessions() -> None:
    op.create_table(
        "files_to_sessions",
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("file_id", "session_id", name="files_to_sessions_file_id_session_id_pk"),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name="files_to_sessions_file_id_files_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="files_to_sessions_session_id_sessions_id_fk", ondelete="CASCADE"
        ),
    )


def _create_plugins() -> None:
    op.create_table(
        "plugins",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("avatar", sa.Text),
        sa.Column("author", sa.Text),
        sa.Column("manifest", sa.Text, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        *timestamps("created_at", "updated_at"),
        sa.UniqueConstraint("identifier", name="plugins_identifier_unique"),
    )


def _create_market() -> None:
    op.create_table(
        "market",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("agent_id", sa.Text),
        sa.Column("plugin_id", sa.Integer),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("view", sa.Integer, server_default=sa.text("0")),
        sa.Column("like", sa.Integer, server_default=sa.text("0")),
        sa.Column("used", sa.Integer, server_default=sa.text("0")),
        sa.Column("user_id", sa.Text, nullable=False),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="market_agent_id_agents_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["plugin_id"], ["plugins.id"], name="market_plugin_id_plugins_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="market_user_id_users_id_fk", ondelete="CASCADE"),
    )


def _create_message_plugins() -> None:
    op.create_table(
        "message_plugins",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tool_call_id", sa.Text),
        sa.Column("type", sa.Text, server_default="default"),
        sa.Column("api_name", sa.Text),
        sa.Column("arguments", sa.Text),
        sa.Column("identifier", sa.Text),
        sa.Column("state", JSONB),
        sa.Column("error", JSONB),
        sa.ForeignKeyConstraint(["id"], ["messages.id"], name="message_plugins_id_messages_id_fk", ondelete="CASCADE"),
    )


def _create_message_translates() -> None:
    op.create_table(
        "message_translates",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("content", sa.Text),
        sa.Column("from", sa.Text),
        sa.Column("to", sa.Text),
        sa.ForeignKeyConstraint(
            ["id"], ["messages.id"], name="message_translates_id_messages_id_fk", ondelete="CASCADE"
        ),
    )


def _create_message_tts() -> None:
    op.create_table(
        "message_tts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("content_md5", sa.Text),
        sa.Column("file_id", sa.Text),
        sa.Column("voice", sa.Text),
        sa.ForeignKeyConstraint(["id"], ["messages.id"], name="message_tts_id_messages_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="message_tts_file_id_files_id_fk", ondelete="CASCADE"),
    )


def _create_plugins_tags() -> None:
    op.create_table(
        "plugins_tags",
        sa.Column("plugin_id", sa.Integer, nullable=False),
        sa.Column("tag_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("plugin_id", "tag_id", name="plugins_tags_plugin_id_tag_id_pk"),
        sa.ForeignKeyConstraint(
            ["plugin_id"], ["plugins.id"], name="plugins_tags_plugin_id_plugins_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name="plugins_tags_tag_id_tags_id_fk", ondelete="CASCADE"),
    )


def _create_user_installed_plugins() -> None:
    op.create_table(
        "user_installed_plugins",
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("manifest", JSONB),
        sa.Column("settings", JSONB),
        sa.Column("custom_params", JSONB),
        *timestamps("created_at", "updated_at"),
        sa.PrimaryKeyConstraint("user_id", "identifier", name="user_installed_plugins_user_id_identifier_pk"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="user_installed_plugins_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_user_settings() -> None:
    op.create_table(
        "user_settings",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tts", JSONB),
        sa.Column("key_vaults", sa.Text),
        sa.Column("general", JSONB),
        sa.Column("language_model", JSONB),
        sa.Column("system_agent", JSONB),
        sa.Column("default_agent", JSONB),
        sa.Column("tool", JSONB),
        sa.ForeignKeyConstraint(["id"], ["users.id"], name="user_settings_id_users_id_fk", ondelete="CASCADE"),
    )


downgrade = not_offered
