"""LobeChat's migration 0087_add_eval_benchmark."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamp, timestamps

revision = "0087"
down_revision = "0086"


def upgrade() -> None:
    _create_agent_eval_benchmarks()
    _create_agent_eval_datasets()
    _create_agent_eval_runs()
    _create_agent_eval_test_cases()
    _create_agent_eval_run_topics()
    op.create_index("threads_type_idx", "threads", ["type"])
    op.create_index("topics_trigger_idx", "topics", ["trigger"])


def _create_agent_eval_benchmarks() -> None:
    op.create_table(
        "agent_eval_benchmarks",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("rubrics", JSONB, nullable=False),
        sa.Column("reference_url", sa.Text),
        sa.Column("metadata", JSONB),
        sa.Column("is_system", sa.Boolean, server_default=sa.true(), nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
    )
    op.create_index("agent_eval_benchmarks_is_system_idx", "agent_eval_benchmarks", ["is_system"])
    op.create_index("agent_eval_benchmarks_identifier_unique", "agent_eval_benchmarks", ["identifier"], unique=True)


def _create_agent_eval_datasets() -> None:
    op.create_table(
        "agent_eval_datasets",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("benchmark_id", sa.Text, nullable=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("eval_mode", sa.Text),
        sa.Column("eval_config", JSONB),
        sa.Column("metadata", JSONB),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["benchmark_id"],
            ["agent_eval_benchmarks.id"],
            name="agent_eval_datasets_benchmark_id_agent_eval_benchmarks_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_eval_datasets_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("agent_eval_datasets_user_id_idx", "agent_eval_datasets", ["user_id"])
    op.create_index(
        "agent_eval_datasets_identifier_user_id_unique", "agent_eval_datasets", ["identifier", "user_id"], unique=True
    )
    op.create_index("agent_eval_datasets_benchmark_id_idx", "agent_eval_datasets", ["benchmark_id"])


def _create_agent_eval_runs() -> None:
    op.create_table(
        "agent_eval_runs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("target_agent_id", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("status", sa.Text, server_default="idle", nullable=False),
        sa.Column("config", JSONB),
        sa.Column("metrics", JSONB),
        sa.Column("started_at", TIMESTAMPTZ),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["agent_eval_datasets.id"],
            name="agent_eval_runs_dataset_id_agent_eval_datasets_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["target_agent_id"], ["agents.id"], name="agent_eval_runs_target_agent_id_agents_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_eval_runs_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("agent_eval_runs_status_idx", "agent_eval_runs", ["status"])
    op.create_index("agent_eval_runs_user_id_idx", "agent_eval_runs", ["user_id"])
    op.create_index("agent_eval_runs_dataset_id_idx", "agent_eval_runs", ["dataset_id"])
    op.create_index("agent_eval_runs_target_agent_id_idx", "agent_eval_runs", ["target_agent_id"])


def _create_agent_eval_test_cases() -> None:
    op.create_table(
        "agent_eval_test_cases",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("eval_mode", sa.Text),
        sa.Column("eval_config", JSONB),
        sa.Column("metadata", JSONB),
        sa.Column("sort_order", sa.Integer),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_eval_test_cases_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["agent_eval_datasets.id"],
            name="agent_eval_test_cases_dataset_id_agent_eval_datasets_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("agent_eval_test_cases_dataset_id_idx", "agent_eval_test_cases", ["dataset_id"])
    op.create_index("agent_eval_test_cases_sort_order_idx", "agent_eval_test_cases", ["sort_order"])
    op.create_index("agent_eval_test_cases_user_id_idx", "agent_eval_test_cases", ["user_id"])


def _create_agent_eval_run_topics() -> None:
    op.create_table(
        "agent_eval_run_topics",
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("topic_id", sa.Text, nullable=False),
        sa.Column("test_case_id", sa.Text, nullable=False),
        sa.Column("status", sa.Text),
        sa.Column("score", sa.REAL),
        sa.Column("passed", sa.Boolean),
        sa.Column("eval_result", JSONB),
        timestamp("created_at"),
        sa.PrimaryKeyConstraint("run_id", "topic_id", name="agent_eval_run_topics_run_id_topic_id_pk"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_eval_run_topics_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["agent_eval_runs.id"],
            name="agent_eval_run_topics_run_id_agent_eval_runs_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="agent_eval_run_topics_topic_id_topics_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["test_case_id"],
            ["agent_eval_test_cases.id"],
            name="agent_eval_run_topics_test_case_id_agent_eval_test_cases_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("agent_eval_run_topics_user_id_idx", "agent_eval_run_topics", ["user_id"])
    op.create_index("agent_eval_run_topics_run_id_idx", "agent_eval_run_topics", ["run_id"])
    op.create_index("agent_eval_run_topics_test_case_id_idx", "agent_eval_run_topics", ["test_case_id"])


downgrade = not_offered
