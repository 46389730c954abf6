"""LobeChat's migration 0112_add_verify_evidence_and_reports."""

import sqlalchemy as sa
from alembic import op

from schema.types import TIMESTAMPTZ, not_offered, timestamp, timestamps

revision = "0112"
down_revision = "0111"


def upgrade() -> None:
    _create_verify_evidence()
    _create_verify_reports()


def _create_verify_evidence() -> None:
    op.create_table(
        "verify_evidence",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("description", sa.Text),
        sa.Column("check_result_id", sa.Uuid, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("file_id", sa.Text),
        sa.Column("captured_by", sa.Text),
        sa.Column("captured_at", TIMESTAMPTZ),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        timestamp("created_at"),
        sa.ForeignKeyConstraint(
            ["check_result_id"],
            ["verify_check_results.id"],
            name="verify_evidence_check_result_id_verify_check_results_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name="verify_evidence_file_id_files_id_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="verify_evidence_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="verify_evidence_workspace_id_workspaces_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("verify_evidence_file_id_idx", "verify_evidence", ["file_id"])
    op.create_index("verify_evidence_workspace_id_idx", "verify_evidence", ["workspace_id"])
    op.create_index("verify_evidence_check_result_id_idx", "verify_evidence", ["check_result_id"])
    op.create_index("verify_evidence_user_id_idx", "verify_evidence", ["user_id"])


def _create_verify_reports() -> None:
    op.create_table(
        "verify_reports",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("operation_id", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("verdict", sa.Text),
        sa.Column("overall_confidence", sa.Numeric(3, 2)),
        sa.Column("total_checks", sa.Integer),
        sa.Column("passed_checks", sa.Integer),
        sa.Column("failed_checks", sa.Integer),
        sa.Column("uncertain_checks", sa.Integer),
        sa.Column("summary", sa.Text),
        sa.Column("content", sa.Text),
        sa.Column("reviewed_by_user", sa.Boolean, server_default=sa.false()),
        sa.Column("generated_by", sa.Text, server_default="system"),
        *timestamps("generated_at", "created_at"),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["agent_operations.id"],
            name="verify_reports_operation_id_agent_operations_id_fk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="verify_reports_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="verify_reports_workspace_id_workspaces_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("verify_reports_workspace_id_idx", "verify_reports", ["workspace_id"])
    op.create_index("verify_reports_user_id_idx", "verify_reports", ["user_id"])
    op.create_index("verify_reports_operation_id_unique", "verify_reports", ["operation_id"], unique=True)


downgrade = not_offered
