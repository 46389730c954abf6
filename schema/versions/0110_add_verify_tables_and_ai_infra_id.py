"""LobeChat's migration 0110_add_verify_tables_and_ai_infra_id."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamp, timestamps

revision = "0110"
down_revision = "0109"


def upgrade() -> None:
    _create_verify_check_results()
    _create_verify_criteria()
    _create_verify_rubrics()
    _create_verify_rubric_criteria()
    op.add_column("agent_operations", sa.Column("verify_status", sa.Text))
    op.add_column("agent_operations", sa.Column("verify_plan", JSONB))
    op.add_column("agent_operations", sa.Column("verify_plan_confirmed_at", TIMESTAMPTZ))
    op.add_column("ai_models", sa.Column("_id", sa.Uuid, server_default=sa.text("gen_random_uuid()")))
    op.add_column("ai_providers", sa.Column("_id", sa.Uuid, server_default=sa.text("gen_random_uuid()")))


def _create_verify_check_results() -> None:
    op.create_table(
        "verify_check_results",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("operation_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("check_item_id", sa.Text, nullable=False),
        sa.Column("check_item_title", sa.Text),
        sa.Column("required", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.Column("check_item_index", sa.Integer),
        sa.Column("verifier_type", sa.Text, nullable=False),
        sa.Column("verifier_config_hash", sa.Text),
        sa.Column("verifier_operation_id", sa.Text),
        sa.Column("verifier_tracing_id", sa.Uuid),
        sa.Column("status", sa.Text, server_default="pending", nullable=False),
        sa.Column("verdict", sa.Text),
        sa.Column("confidence", sa.Numeric(3, 2)),
        sa.Column("toulmin", JSONB),
        sa.Column("suggestion", sa.Text),
        sa.Column("user_decision", sa.Text),
        sa.Column("is_false_positive", sa.Boolean),
        sa.Column("is_false_negative", sa.Boolean),
        sa.Column("repair_operation_id", sa.Text),
        sa.Column("started_at", TIMESTAMPTZ),
        sa.Column("completed_at", TIMESTAMPTZ),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["agent_operations.id"],
            name="verify_check_results_operation_id_agent_operations_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="verify_check_results_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="verify_check_results_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["verifier_operation_id"],
            ["agent_operations.id"],
            name="verify_check_results_verifier_operation_id_agent_operations_id_",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["verifier_tracing_id"],
            ["llm_generation_tracing.id"],
            name="verify_check_results_verifier_tracing_id_llm_generation_tracing",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["repair_operation_id"],
            ["agent_operations.id"],
            name="verify_check_results_repair_operation_id_agent_operations_id_fk",
            ondelete="SET NULL",
        ),
    )
    op.create_index("verify_check_results_verifier_operation_id_idx", "verify_check_results", ["verifier_operation_id"])
    op.create_index("verify_check_results_status_idx", "verify_check_results", ["status"])
    op.create_index("verify_check_results_workspace_id_idx", "verify_check_results", ["workspace_id"])
    op.create_index("verify_check_results_operation_id_idx", "verify_check_results", ["operation_id"])
    op.create_index(
        "verify_check_results_operation_id_check_item_id_unique",
        "verify_check_results",
        ["operation_id", "check_item_id"],
        unique=True,
    )
    op.create_index("verify_check_results_user_id_idx", "verify_check_results", ["user_id"])
    op.create_index("verify_check_results_verdict_idx", "verify_check_results", ["verdict"])
    op.create_index("verify_check_results_repair_operation_id_idx", "verify_check_results", ["repair_operation_id"])
    op.create_index("verify_check_results_verifier_type_idx", "verify_check_results", ["verifier_type"])
    op.create_index("verify_check_results_verifier_tracing_id_idx", "verify_check_results", ["verifier_tracing_id"])


def _create_verify_criteria() -> None:
    op.create_table(
        "verify_criteria",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("required", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.Column("verifier_type", sa.Text, nullable=False),
        sa.Column("verifier_config", JSONB, server_default="{}"),
        sa.Column("on_fail", sa.Text, server_default="manual", nullable=False),
        sa.Column("document_id", sa.String(255)),
        sa.Column("workspace_id", sa.Text),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="verify_criteria_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="verify_criteria_document_id_documents_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="verify_criteria_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("verify_criteria_document_id_idx", "verify_criteria", ["document_id"])
    op.create_index("verify_criteria_workspace_id_idx", "verify_criteria", ["workspace_id"])
    op.create_index("verify_criteria_user_id_idx", "verify_criteria", ["user_id"])
    op.create_index("verify_criteria_verifier_type_idx", "verify_criteria", ["verifier_type"])


def _create_verify_rubrics() -> None:
    op.create_table(
        "verify_rubrics",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("config", JSONB, server_default="{}"),
        sa.Column("workspace_id", sa.Text),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="verify_rubrics_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="verify_rubrics_workspace_id_workspaces_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("verify_rubrics_workspace_id_idx", "verify_rubrics", ["workspace_id"])
    op.create_index("verify_rubrics_user_id_idx", "verify_rubrics", ["user_id"])


def _create_verify_rubric_criteria() -> None:
    op.create_table(
        "verify_rubric_criteria",
        sa.Column("rubric_id", sa.Uuid, nullable=False),
        sa.Column("criterion_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("sort_order", sa.Integer),
        timestamp("created_at"),
        sa.PrimaryKeyConstraint("rubric_id", "criterion_id", name="verify_rubric_criteria_rubric_id_criterion_id_pk"),
        sa.ForeignKeyConstraint(
            ["rubric_id"],
            ["verify_rubrics.id"],
            name="verify_rubric_criteria_rubric_id_verify_rubrics_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["verify_criteria.id"],
            name="verify_rubric_criteria_criterion_id_verify_criteria_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="verify_rubric_criteria_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="verify_rubric_criteria_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("verify_rubric_criteria_criterion_id_idx", "verify_rubric_criteria", ["criterion_id"])
    op.create_index("verify_rubric_criteria_workspace_id_idx", "verify_rubric_criteria", ["workspace_id"])
    op.create_index("verify_rubric_criteria_user_id_idx", "verify_rubric_criteria", ["user_id"])


downgrade = not_offered
