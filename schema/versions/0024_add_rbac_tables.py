"""LobeChat's migration 0024_add_rbac_tables."""

import sqlalchemy as sa
from alembic import op

from schema.types import TIMESTAMPTZ, not_offered, timestamp, timestamps

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    _create_rbac_permissions()
    _create_rbac_roles()
    _create_rbac_role_permissions()
    _create_rbac_user_roles()


def _create_rbac_permissions() -> None:
    op.create_table(
        "rbac_permissions",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, server_default=sa.true(), nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.UniqueConstraint("code", name="rbac_permissions_code_unique"),
    )


def _create_rbac_roles() -> None:
    op.create_table(
        "rbac_roles",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("is_system", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("is_active", sa.Boolean, server_default=sa.true(), nullable=False),
        *timestamps("accessed_at", "created_at", "updated_at"),
        sa.UniqueConstraint("name", name="rbac_roles_name_unique"),
    )


def _create_rbac_role_permissions() -> None:
    op.create_table(
        "rbac_role_permissions",
        sa.Column("role_id", sa.Integer, nullable=False),
        sa.Column("permission_id", sa.Integer, nullable=False),
        timestamp("created_at"),
        sa.PrimaryKeyConstraint("role_id", "permission_id", name="rbac_role_permissions_role_id_permission_id_pk"),
        sa.ForeignKeyConstraint(
            ["role_id"], ["rbac_roles.id"], name="rbac_role_permissions_role_id_rbac_roles_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["permission_id"],
            ["rbac_permissions.id"],
            name="rbac_role_permissions_permission_id_rbac_permissions_id_fk",
            ondelete="CASCADE",
        ),
    )
    op.create_index("rbac_role_permissions_permission_id_idx", "rbac_role_permissions", ["permission_id"])
    op.create_index("rbac_role_permissions_role_id_idx", "rbac_role_permissions", ["role_id"])


def _create_rbac_user_roles() -> None:
    op.create_table(
        "rbac_user_roles",
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("role_id", sa.Integer, nullable=False),
        timestamp("created_at"),
        sa.Column("expires_at", TIMESTAMPTZ),
        sa.PrimaryKeyConstraint("user_id", "role_id", name="rbac_user_roles_user_id_role_id_pk"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="rbac_user_roles_user_id_users_id_fk", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["rbac_roles.id"], name="rbac_user_roles_role_id_rbac_roles_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index("rbac_user_roles_user_id_idx", "rbac_user_roles", ["user_id"])
    op.create_index("rbac_user_roles_role_id_idx", "rbac_user_roles", ["role_id"])


downgrade = not_offered
