"""LobeChat's migration 0119_add_acceptances."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from schema.types import TIMESTAMPTZ, not_offered, timestamps

revision = "0119"
down_revision = "0118"


def upgrade() -> None:
    op.create_table(
        "acceptances",
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("subject_type", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Text, nullable=False),
        sa.Column("status", sa.Text, server_default="pending", nullable=False),
        sa.Column("requirement", sa.Text),
        sa.Column("config", JSONB, server_default="{}"),
        sa.Column("visual_render", JSONB),
        sa.Column("metadata", JSONB),
        sa.Column("completed_at", TIMESTAMPTZ),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="acceptances_user_id_users_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="acceptances_workspace_id_workspaces_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("acceptances_user_id_idx", "acceptances", ["user_id"])
    op.create_index(
        "acceptances_personal_subject_unique",
        "acceptances",
        ["user_id", "subject_type", "subject_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NULL"),
    )
    op.create_index(
        "acceptances_workspace_subject_unique",
        "acceptances",
        ["workspace_id", "subject_type", "subject_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NOT NULL"),
    )
    op.create_index("acceptances_workspace_id_idx", "acceptances", ["workspace_id"])
    op.create_index("acceptances_subject_idx", "acceptances", ["subject_type", "subject_id"])
    op.create_index("acceptances_status_idx", "acceptances", ["status"])
    op.add_column("verify_runs", sa.Column("acceptance_id", sa.Uuid))
    op.add_column("verify_runs", sa.Column("round_index", sa.Integer))
    op.add_column("verify_runs", sa.Column("user_decision", sa.Text))
    op.add_column("verify_runs", sa.Column("decision_detail", JSONB))
    op.create_check_constraint(
        "verify_runs_acceptance_requires_round", "verify_runs", "(acceptance_id IS NULL) OR (round_index IS NOT NULL)"
    )
    op.create_foreign_key(
        "verify_runs_acceptance_id_acceptances_id_fk",
        "verify_runs",
        "acceptances",
        ["acceptance_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("verify_runs_acceptance_id_idx", "verify_runs", ["acceptance_id"])
    op.create_index("verify_runs_acceptance_round_unique", "verify_runs", ["acceptance_id", "round_index"], unique=True)
    op.create_index("verify_runs_user_decision_idx", "verify_runs", ["user_decision"])


downgrade = not_offered
