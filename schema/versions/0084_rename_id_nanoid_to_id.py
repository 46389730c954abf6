"""LobeChat's migration 0084_rename_id_nanoid_to_id."""

from alembic import op

from schema.types import not_offered

revision = "0084"
down_revision = "0083"


def upgrade() -> None:
    op.drop_constraint("rag_eval_dataset_records_dataset_id_rag_eval_datasets_id_nanoid", "rag_eval_dataset_records")
    op.drop_constraint("rag_eval_evaluation_records_dataset_record_id_rag_eval_dataset_", "rag_eval_evaluation_records")
    op.drop_constraint("rag_eval_evaluation_records_evaluation_id_rag_eval_evaluations_", "rag_eval_evaluation_records")
    op.drop_constraint("rag_eval_evaluations_dataset_id_rag_eval_datasets_id_nanoid_fk", "rag_eval_evaluations")
    op.drop_constraint("rbac_role_permissions_role_id_rbac_roles_id_nanoid_fk", "rbac_role_permissions")
    op.drop_constraint("rbac_role_permissions_permission_id_rbac_permissions_id_nanoid_", "rbac_role_permissions")
    op.drop_constraint("rbac_user_roles_role_id_rbac_roles_id_nanoid_fk", "rbac_user_roles")
    for table in (
        "api_keys",
        "rag_eval_dataset_records",
        "rag_eval_datasets",
        "rag_eval_evaluation_records",
        "rag_eval_evaluations",
        "rbac_permissions",
        "rbac_roles",
    ):
        op.alter_column(table, "id_nanoid", new_column_name="id")
    for table in (
        "api_keys",
        "rag_eval_dataset_records",
        "rag_eval_datasets",
        "rag_eval_evaluation_records",
        "rag_eval_evaluations",
        "rbac_permissions",
        "rbac_roles",
    ):
        op.create_unique_constraint(f"{table}_id_unique", table, ["id"])
    op.create_foreign_key(
        "rag_eval_dataset_records_dataset_id_rag_eval_datasets_id_fk",
        "rag_eval_dataset_records",
        "rag_eval_datasets",
        ["dataset_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_foreign_key(
        "rag_eval_evaluations_dataset_id_rag_eval_datasets_id_fk",
        "rag_eval_evaluations",
        "rag_eval_datasets",
        ["dataset_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_foreign_key(
        "rbac_role_permissions_role_id_rbac_roles_id_fk",
        "rbac_role_permissions",
        "rbac_roles",
        ["role_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_foreign_key(
        "rbac_role_permissions_permission_id_rbac_permissions_id_fk",
        "rbac_role_permissions",
        "rbac_permissions",
        ["permission_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_foreign_key(
        "rbac_user_roles_role_id_rbac_roles_id_fk",
        "rbac_user_roles",
        "rbac_roles",
        ["role_id"],
        ["id"],
        ondelete="CASCADE",
    )


downgrade = not_offered
