"""LobeChat's migration 0113_add_verify_runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamps

revision = "0113"
down_revision = "0112"


def upgrade() -> None:
    op.drop_constraint("verify_check_results_operation_id_agent_operations_id_fk", "verify_check_results")
    op.drop_constraint("verify_reports_operation_id_agent_operations_id_fk", "verify_reports")
    op.drop_index("verify_check_results_operation_id_check_item_id_unique", "verify_check_results")
    op.drop_index("verify_reports_operation_id_unique", "verify_reports")
    op.create_table(
        "verify_runs",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("operation_id", sa.Text),
        sa.Column("source", sa.Text, server_default="agent", nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("goal", sa.Text),
        sa.Column("plan", JSONB),
        sa.Column("plan_confirmed_at", TIMESTAMPTZ),
        sa.Column("status", sa.Text),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="verify_runs_user_id_users_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="verify_runs_workspace_id_workspaces_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["agent_operations.id"],
            name="verify_runs_operation_id_agent_operations_id_fk",
            ondelete="SET NULL",
        ),
    )
    op.create_index("verify_runs_workspace_id_idx", "verify_runs", ["workspace_id"])
    op.create_index("verify_runs_operation_id_unique", "verify_runs", ["operation_id"], unique=True)
    op.create_index("verify_runs_source_idx", "verify_runs", ["source"])
    op.create_index("verify_runs_user_id_idx", "verify_runs", ["user_id"])
    op.add_column("verify_check_results", sa.Column("verify_run_id", sa.Uuid))
    op.alter_column("verify_check_results", "operation_id", nullable=True)
    op.add_column("verify_reports", sa.Column("verify_run_id", sa.Uuid))
    op.create_foreign_key(
        "verify_check_results_verify_run_id_verify_runs_id_fk",
        "verify_check_results",
        "verify_runs",
        ["verify_run_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_foreign_key(
        "verify_check_results_operation_id_agent_operations_id_fk",
        "verify_check_results",
        "agent_operations",
        ["operation_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_foreign_key(
        "verify_reports_verify_run_id_verify_runs_id_fk",
        "verify_reports",
        "verify_runs",
        ["verify_run_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_foreign_key(
        "verify_reports_operation_id_agent_operations_id_fk",
        "verify_reports",
        "agent_operations",
        ["operation_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("verify_check_results_verify_run_id_idx", "verify_check_results", ["verify_run_id"])
    op.create_index(
        "verify_check_results_verify_run_id_check_item_id_unique",
        "verify_check_results",
        ["verify_run_id", "check_item_id"],
        unique=True,
    )
    op.create_index("verify_reports_operation_id_idx", "verify_reports", ["operation_id"])
    op.create_index("verify_reports_verify_run_id_unique", "verify_reports", ["verify_run_id"], unique=True)


downgrade = not_offered
