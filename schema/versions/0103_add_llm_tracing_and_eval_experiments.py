"""LobeChat's migration 0103_add_llm_tracing_and_eval_experiments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamp, timestamps

revision = "0103"
down_revision = "0102"


def upgrade() -> None:
    _create_agent_eval_experiments()
    _create_llm_generation_tracing()
    _create_agent_eval_experiment_benchmarks()
    op.add_column("agent_eval_datasets", sa.Column("source_experiment_id", sa.Text))
    op.add_column("agent_eval_runs", sa.Column("experiment_id", sa.Text))
    op.add_column("agent_eval_runs", sa.Column("parent_run_id", sa.Text))
    op.create_foreign_key(
        "agent_eval_datasets_source_experiment_id_agent_eval_experiments",
        "agent_eval_datasets",
        "agent_eval_experiments",
        ["source_experiment_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_foreign_key(
        "agent_eval_runs_experiment_id_agent_eval_experiments_id_fk",
        "agent_eval_runs",
        "agent_eval_experiments",
        ["experiment_id"],
        ["id"],
    )
    op.create_foreign_key(
        "agent_eval_runs_parent_run_id_agent_eval_runs_id_fk",
        "agent_eval_runs",
        "agent_eval_runs",
        ["parent_run_id"],
        ["id"],
    )
    op.create_index("agent_eval_datasets_source_experiment_id_idx", "agent_eval_datasets", ["source_experiment_id"])
    op.create_index("agent_eval_runs_experiment_id_idx", "agent_eval_runs", ["experiment_id"])
    op.create_index("agent_eval_runs_parent_run_id_idx", "agent_eval_runs", ["parent_run_id"])


def _create_agent_eval_experiments() -> None:
    op.create_table(
        "agent_eval_experiments",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("metadata", JSONB),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_eval_experiments_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("agent_eval_experiments_user_id_idx", "agent_eval_experiments", ["user_id"])


def _create_llm_generation_tracing() -> None:
    op.create_table(
        "llm_generation_tracing",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("scenario", sa.Text, nullable=False),
        sa.Column("prompt_version", sa.Text, nullable=False),
        sa.Column("prompt_hash", sa.Text, nullable=False),
        sa.Column("schema_name", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text),
        sa.Column("topic_id", sa.Text),
        sa.Column("trigger", sa.Text),
        sa.Column("parent_tracing_id", sa.Uuid),
        sa.Column("provider", sa.Text),
        sa.Column("model", sa.Text),
        sa.Column("success", sa.Boolean, nullable=False),
        sa.Column("error_code", sa.Text),
        sa.Column("error_detail", sa.Text),
        sa.Column("validation_failed", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("input_hash", sa.Text),
        sa.Column("input_hint", sa.Text),
        sa.Column("latency_ms", sa.Integer),
        sa.Column("input_tokens", sa.Integer),
        sa.Column("output_tokens", sa.Integer),
        sa.Column("cost_usd", sa.Numeric(12, 8)),
        sa.Column("storage_key", sa.Text),
        sa.Column("feedback_signal", sa.Text),
        sa.Column("feedback_score", sa.Numeric(3, 2)),
        sa.Column("feedback_source", sa.Text),
        sa.Column("feedback_data", JSONB),
        sa.Column("feedback_updated_at", TIMESTAMPTZ),
        sa.Column("trace_id", sa.Text),
        sa.Column("span_id", sa.Text),
        sa.Column("metadata", JSONB, server_default="{}"),
        timestamp("created_at"),
    )
    op.create_index("llm_generation_tracing_error_code_idx", "llm_generation_tracing", ["error_code"])
    op.create_index("llm_generation_tracing_model_idx", "llm_generation_tracing", ["model"])
    op.create_index("llm_generation_tracing_scenario_idx", "llm_generation_tracing", ["scenario"])
    op.create_index("llm_generation_tracing_success_idx", "llm_generation_tracing", ["success"])
    op.create_index("llm_generation_tracing_created_at_idx", "llm_generation_tracing", ["created_at"])
    op.create_index("llm_generation_tracing_feedback_signal_idx", "llm_generation_tracing", ["feedback_signal"])
    op.create_index("llm_generation_tracing_agent_id_idx", "llm_generation_tracing", ["agent_id"])
    op.create_index("llm_generation_tracing_validation_failed_idx", "llm_generation_tracing", ["validation_failed"])
    op.create_index("llm_generation_tracing_user_id_idx", "llm_generation_tracing", ["user_id"])
    op.create_index("llm_generation_tracing_topic_id_idx", "llm_generation_tracing", ["topic_id"])
    op.create_index("llm_generation_tracing_provider_idx", "llm_generation_tracing", ["provider"])
    op.create_index("llm_generation_tracing_prompt_version_idx", "llm_generation_tracing", ["prompt_version"])


def _create_agent_eval_experiment_benchmarks() -> None:
    op.create_table(
        "agent_eval_experiment_benchmarks",
        sa.Column("experiment_id", sa.Text, nullable=False),
        sa.Column("benchmark_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        timestamp("created_at"),
        sa.PrimaryKeyConstraint(
            "experiment_id", "benchmark_id", name="agent_eval_experiment_benchmarks_experiment_id_benchmark_id_pk"
        ),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["agent_eval_experiments.id"],
            name="agent_eval_experiment_benchmarks_experiment_id_agent_eval_exper",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["benchmark_id"],
            ["agent_eval_benchmarks.id"],
            name="agent_eval_experiment_benchmarks_benchmark_id_agent_eval_benchm",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="agent_eval_experiment_benchmarks_user_id_users_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("agent_eval_experiment_benchmarks_user_id_idx", "agent_eval_experiment_benchmarks", ["user_id"])
    op.create_index(
        "agent_eval_experiment_benchmarks_benchmark_id_idx", "agent_eval_experiment_benchmarks", ["benchmark_id"]
    )


downgrade = not_offered
