"""LobeChat's migration 0008_add_rag_evals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from schema.types import not_offered, timestamp, timestamps

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _create_rag_eval_datasets()
    _create_rag_eval_dataset_records()
    _create_rag_eval_evaluations()
    _create_rag_eval_evaluation_records()


def _create_rag_eval_datasets() -> None:
    op.create_table(
        "rag_eval_datasets",
        sa.Column("id", sa.Integer, sa.Identity(always=True, start=30000), primary_key=True),
        sa.Column("description", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("knowledge_base_id", sa.Text),
        sa.Column("user_id", sa.Text),
        *timestamps("updated_at", "created_at"),
        sa.ForeignKeyConstraint(
            ["knowledge_base_id"],
            ["knowledge_bases.id"],
            name="rag_eval_datasets_knowledge_base_id_knowledge_bases_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="rag_eval_datasets_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_rag_eval_dataset_records() -> None:
    op.create_table(
        "rag_eval_dataset_records",
        sa.Column("id", sa.Integer, sa.Identity(always=True), primary_key=True),
        sa.Column("dataset_id", sa.Integer, nullable=False),
        sa.Column("ideal", sa.Text),
        sa.Column("question", sa.Text),
        sa.Column("reference_files", ARRAY(sa.Text)),
        sa.Column("metadata", JSONB),
        sa.Column("user_id", sa.Text),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["rag_eval_datasets.id"],
            name="rag_eval_dataset_records_dataset_id_rag_eval_datasets_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="rag_eval_dataset_records_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_rag_eval_evaluations() -> None:
    op.create_table(
        "rag_eval_evaluations",
        sa.Column("id", sa.Integer, sa.Identity(always=True), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("eval_records_url", sa.Text),
        sa.Column("status", sa.Text),
        sa.Column("error", JSONB),
        sa.Column("dataset_id", sa.Integer, nullable=False),
        sa.Column("knowledge_base_id", sa.Text),
        sa.Column("language_model", sa.Text),
        sa.Column("embedding_model", sa.Text),
        sa.Column("user_id", sa.Text),
        *timestamps("created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["rag_eval_datasets.id"],
            name="rag_eval_evaluations_dataset_id_rag_eval_datasets_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["knowledge_base_id"],
            ["knowledge_bases.id"],
            name="rag_eval_evaluations_knowledge_base_id_knowledge_bases_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="rag_eval_evaluations_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


def _create_rag_eval_evaluation_records() -> None:
    op.create_table(
        "rag_eval_evaluation_records",
        sa.Column("id", sa.Integer, sa.Identity(always=True), primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("context", ARRAY(sa.Text)),
        sa.Column("ideal", sa.Text),
        sa.Column("status", sa.Text),
        sa.Column("error", JSONB),
        sa.Column("language_model", sa.Text),
        sa.Column("embedding_model", sa.Text),
        sa.Column("question_embedding_id", sa.Uuid),
        sa.Column("duration", sa.Integer),
        sa.Column("dataset_record_id", sa.Integer, nullable=False),
        sa.Column("evaluation_id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Text),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(
            ["question_embedding_id"],
            ["embeddings.id"],
            name="rag_eval_evaluation_records_question_embedding_id_embeddings_id",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["dataset_record_id"],
            ["rag_eval_dataset_records.id"],
            name="rag_eval_evaluation_records_dataset_record_id_rag_eval_dataset_",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["rag_eval_evaluations.id"],
            name="rag_eval_evaluation_records_evaluation_id_rag_eval_evaluations_",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="rag_eval_evaluation_records_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )


downgrade = not_offered
