"""LobeChat's migration 0109_migrate_unique_constraints."""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = "0109"
down_revision = "0108"


def upgrade() -> None:
    op.drop_index("agent_eval_benchmarks_identifier_user_id_unique", "agent_eval_benchmarks")
    op.drop_index("agent_eval_datasets_identifier_user_id_unique", "agent_eval_datasets")
    op.drop_index("agent_skills_user_name_idx", "agent_skills")
    op.drop_index("agents_slug_user_id_unique", "agents")
    op.drop_index("documents_slug_user_id_unique", "documents")
    op.drop_index("slug_user_id_unique", "sessions")
    op.drop_index("tasks_identifier_idx", "tasks")
    op.drop_constraint("rbac_roles_name_unique", "rbac_roles")
    op.drop_constraint("rbac_user_roles_user_id_role_id_pk", "rbac_user_roles")
    op.add_column(
        "rbac_user_roles", sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), nullable=False)
    )
    op.create_primary_key("rbac_user_roles_pkey", "rbac_user_roles", ["id"])
    op.create_index(
        "agent_eval_benchmarks_identifier_user_id_unique",
        "agent_eval_benchmarks",
        ["identifier", "user_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NULL"),
    )
    op.create_index(
        "agent_eval_datasets_identifier_user_id_unique",
        "agent_eval_datasets",
        ["identifier", "user_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NULL"),
    )
    op.create_index(
        "agent_skills_user_name_idx",
        "agent_skills",
        ["user_id", "name"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NULL"),
    )
    op.create_index(
        "agents_slug_user_id_unique",
        "agents",
        ["slug", "user_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NULL"),
    )
    op.create_index(
        "documents_slug_user_id_unique",
        "documents",
        ["slug", "user_id"],
        unique=True,
        postgresql_where=sa.text("(workspace_id IS NULL) AND (slug IS NOT NULL)"),
    )
    op.create_index(
        "rbac_roles_name_workspace_unique", "rbac_roles", ["name", sa.text("COALESCE(workspace_id, '')")], unique=True
    )
    op.create_index(
        "rbac_user_roles_user_role_scope_unique",
        "rbac_user_roles",
        ["user_id", "role_id", sa.text("COALESCE(workspace_id, '')")],
        unique=True,
    )
    op.create_index(
        "slug_user_id_unique",
        "sessions",
        ["slug", "user_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NULL"),
    )
    op.create_index(
        "tasks_identifier_idx",
        "tasks",
        ["identifier", "created_by_user_id"],
        unique=True,
        postgresql_where=sa.text("workspace_id IS NULL"),
    )


downgrade = not_offered
