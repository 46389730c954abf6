"""LobeChat's migration 0017_add_user_id_to_tables."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0017"
down_revision = "0016"


# Where the owner of a row is found: each table, the table of its parent, and how the two belong together.
OWNERS = (
    ("knowledge_base_files", "knowledge_bases", "parent.id = child.knowledge_base_id"),
    ("message_chunks", "messages", "parent.id = child.message_id"),
    ("message_queries", "messages", "parent.id = child.message_id"),
    ("messages_files", "messages", "parent.id = child.message_id"),
    ("message_plugins", "messages", "parent.id = child.id"),
    ("message_tts", "messages", "parent.id = child.id"),
    ("message_translates", "messages", "parent.id = child.id"),
    ("message_query_chunks", "message_queries", "parent.id = child.query_id"),  # after message_queries itself
    ("agents_to_sessions", "agents", "parent.id = child.agent_id"),
    ("file_chunks", "files", "parent.id = child.file_id"),
    ("files_to_sessions", "files", "parent.id = child.file_id"),
    ("files_to_sessions", "sessions", "parent.id = child.session_id"),  # for those that their file did not settle
)


def upgrade() -> None:
    tables = list(dict.fromkeys(child for child, _, _ in OWNERS))
    for table in tables:
        op.add_column(table, sa.Column("user_id", sa.Text))
    op.add_column("global_files", sa.Column("creator", sa.Text))
    _fill_in_owners()
    _fill_in_creators()
    for table in tables:
        op.alter_column(table, "user_id", nullable=False)
        op.create_foreign_key(f"{table}_user_id_users_id_fk", table, "users", ["user_id"], ["id"], ondelete="CASCADE")
    op.create_foreign_key(
        "global_files_creator_users_id_fk", "global_files", "users", ["creator"], ["id"], ondelete="SET NULL"
    )
    op.create_index("file_hash_idx", "files", ["file_hash"])


def _fill_in_owners() -> None:
    for child, parent, belongs in OWNERS:
        op.execute(
            f"UPDATE public.{child} AS child SET user_id = parent.user_id FROM public.{parent} AS parent"
            f" WHERE {belongs} AND child.user_id IS NULL"
        )


def _fill_in_creators() -> None:
    op.execute("""
        UPDATE public.global_files SET creator = earliest.user_id
        FROM (SELECT DISTINCT ON (file_hash) file_hash, user_id FROM public.files
              WHERE file_hash IS NOT NULL ORDER BY file_hash, created_at) AS earliest
        WHERE hash_id = earliest.file_hash AND creator IS NULL
    """)
    op.execute("DELETE FROM public.global_files WHERE creator IS NULL")


downgrade = not_offered
