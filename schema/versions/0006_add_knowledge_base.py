"""LobeChat's migration 0006_add_knowledge_base."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import Vector, not_offered, timestamp, timestamps

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.rename_table("files_to_messages", "messages_files")
    _create_agents_files()
    _create_knowledge_bases()
    _create_agents_knowledge_bases()
    _create_async_tasks()
    _create_chunks()
    _create_embeddings()
    _create_file_chunks()
    _create_global_files()
    _create_knowledge_base_files()
    _create_message_chunks()
    _create_message_queries()
    _create_message_query_chunks()
    _create_unstructured_chunks()
    op.add_column("files", sa.Column("file_hash", sa.String(64)))
    op.add_column("files", sa.Column("chunk_task_id", sa.Uuid))
    op.add_column("files", sa.Column("embedding_task_id", sa.Uuid))
    op.create_foreign_key(
        "files_file_hash_global_files_hash_id_fk", "files", "global_files", ["file_hash"], ["hash_id"]
    )
    op.create_foreign_key(
        "files_chunk_task_id_async_tasks_id_fk", "files", "async_tasks", ["chunk_task_id"], ["id"], ondelete="SET NULL"
    )
    op.create_foreign_key(
        "files_embedding_task_id_async_tasks_id_fk",
        "files",
        "async_tasks",
        ["embedding_task_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_foreign_key(
        "messages_files_file_id_files_id_fk", "messages_files", "files", ["file_id"], ["id"], ondelete="CASCADE"
    )
    op.create_foreign_key(
        "messages_files_message_id_messages_id_fk",
        "messages_files",
        "messages",
        ["message_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.drop_table("files_to_agents")


def _create_agents_files() -> None:
    op.create_table(
        "agents_files",
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, server_default=sa.true()),
        sa.Column("user_id", sa.Text, nullable=False),
        *timestamps("created_at", "updated_at"),
        sa.PrimaryKeyConstraint("file_id", "agent_id", "user_id", name="agents_files_file_id_agent_id_user_id_pk"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="agents_files_file_id_files_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="agents_files_agent_id_agents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="agents_files_user_id_users_id_fk", ondelete="CASCADE"),
    )


def _create_knowledge_bases() -> None:
    op.create_table(
        "knowledge_bases",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("avatar", sa.Text),
        sa.Column("type", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("is_public", sa.Boolean, server_default=sa.false()),
        sa.Column("settings", JSONB),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="knowledge_bases_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_agents_knowledge_bases() -> None:
    op.create_table(
        "agents_knowledge_bases",
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("knowledge_base_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, server_default=sa.true()),
        *timestamps("created_at", "updated_at"),
        sa.PrimaryKeyConstraint(
            "agent_id", "knowledge_base_id", name="agents_knowledge_bases_agent_id_knowledge_base_id_pk"
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="agents_knowledge_bases_agent_id_agents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["knowledge_base_id"],
            ["knowledge_bases.id"],
            name="agents_knowledge_bases_knowledge_base_id_knowledge_bases_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agents_knowledge_bases_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_async_tasks() -> None:
    op.create_table(
        "async_tasks",
        sa.Column("id", sa.Uuid, server_default=sa.func.gen_random_uuid(), primary_key=True),
        sa.Column("type", sa.Text),
        sa.Column("status", sa.Text),
        sa.Column("error", JSONB),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("duration", sa.Integer),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="async_tasks_user_id_users_id_fk", ondelete="CASCADE"),
    )


def _create_chunks() -> None:
    op.create_table(
        "chunks",
        sa.Column("id", sa.Uuid, server_default=sa.func.gen_random_uuid(), primary_key=True),
        sa.Column("text", sa.Text),
        sa.Column("abstract", sa.Text),
        sa.Column("metadata", JSONB),
        sa.Column("index", sa.Integer),
        sa.Column("type", sa.String),
        *timestamps("created_at", "updated_at"),
        sa.Column("user_id", sa.Text),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="chunks_user_id_users_id_fk", ondelete="CASCADE"),
    )


def _create_embeddings() -> None:
    op.create_table(
        "embeddings",
        sa.Column("id", sa.Uuid, server_default=sa.func.gen_random_uuid(), primary_key=True),
        sa.Column("chunk_id", sa.Uuid),
        sa.Column("embeddings", Vector(1024)),
        sa.Column("model", sa.Text),
        sa.Column("user_id", sa.Text),
        sa.ForeignKeyConstraint(
            ["chunk_id"], ["chunks.id"], name="embeddings_chunk_id_chunks_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="embeddings_user_id_users_id_fk", ondelete="CASCADE"),
    )


def _create_file_chunks() -> None:
    op.create_table(
        "file_chunks",
        sa.Column("file_id", sa.String, nullable=False),
        sa.Column("chunk_id", sa.Uuid, nullable=False),
        timestamp("created_at"),
        sa.PrimaryKeyConstraint("file_id", "chunk_id", name="file_chunks_file_id_chunk_id_pk"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="file_chunks_file_id_files_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["chunk_id"], ["chunks.id"], name="file_chunks_chunk_id_chunks_id_fk", ondelete="CASCADE"
        ),
    )


def _create_global_files() -> None:
    op.create_table(
        "global_files",
        sa.Column("hash_id", sa.String(64), primary_key=True),
        sa.Column("file_type", sa.String(255), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("metadata", JSONB),
        timestamp("created_at"),
    )


def _create_knowledge_base_files() -> None:
    op.create_table(
        "knowledge_base_files",
        sa.Column("knowledge_base_id", sa.Text, nullable=False),
        sa.Column("file_id", sa.Text, nullable=False),
        timestamp("created_at"),
        sa.PrimaryKeyConstraint(
            "knowledge_base_id", "file_id", name="knowledge_base_files_knowledge_base_id_file_id_pk"
        ),
        sa.ForeignKeyConstraint(
            ["knowledge_base_id"],
            ["knowledge_bases.id"],
            name="knowledge_base_files_knowledge_base_id_knowledge_bases_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name="knowledge_base_files_file_id_files_id_fk", ondelete="CASCADE"
        ),
    )


def _create_message_chunks() -> None:
    op.create_table(
        "message_chunks",
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("chunk_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("chunk_id", "message_id", name="message_chunks_chunk_id_message_id_pk"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="message_chunks_message_id_messages_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["chunk_id"], ["chunks.id"], name="message_chunks_chunk_id_chunks_id_fk", ondelete="CASCADE"
        ),
    )


def _create_message_queries() -> None:
    op.create_table(
        "message_queries",
        sa.Column("id", sa.Uuid, server_default=sa.func.gen_random_uuid(), primary_key=True),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("rewrite_query", sa.Text),
        sa.Column("user_query", sa.Text),
        sa.Column("embeddings_id", sa.Uuid),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="message_queries_message_id_messages_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["embeddings_id"],
            ["embeddings.id"],
            name="message_queries_embeddings_id_embeddings_id_fk",
            ondelete="SET NULL",
        ),
    )


def _create_message_query_chunks() -> None:
    op.create_table(
        "message_query_chunks",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("query_id", sa.Uuid, nullable=False),
        sa.Column("chunk_id", sa.Uuid, nullable=False),
        sa.Column("similarity", sa.Numeric(6, 5)),
        sa.PrimaryKeyConstraint("chunk_id", "id", "query_id", name="message_query_chunks_chunk_id_id_query_id_pk"),
        sa.ForeignKeyConstraint(
            ["id"], ["messages.id"], name="message_query_chunks_id_messages_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["query_id"],
            ["message_queries.id"],
            name="message_query_chunks_query_id_message_queries_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["chunk_id"], ["chunks.id"], name="message_query_chunks_chunk_id_chunks_id_fk", ondelete="CASCADE"
        ),
    )


def _create_unstructured_chunks() -> None:
    op.create_table(
        "unstructured_chunks",
        sa.Column("id", sa.Uuid, server_default=sa.func.gen_random_uuid(), primary_key=True),
        sa.Column("text", sa.Text),
        sa.Column("metadata", JSONB),
        sa.Column("index", sa.Integer),
        sa.Column("type", sa.String),
        *timestamps("created_at", "updated_at"),
        sa.Column("parent_id", sa.String),
        sa.Column("composite_id", sa.Uuid),
        sa.Column("user_id", sa.Text),
        sa.Column("file_id", sa.String),
        sa.ForeignKeyConstraint(
            ["composite_id"], ["chunks.id"], name="unstructured_chunks_composite_id_chunks_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="unstructured_chunks_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name="unstructured_chunks_file_id_files_id_fk", ondelete="CASCADE"
        ),
    )


downgrade = not_offered
