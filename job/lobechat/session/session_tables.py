"""The temporary tables of a run: what Clerk has (staged_…), what is to be done (plan_…), and what clashes.

They live in one session of the database, and are made before its first READ ONLY transaction, in which they may be
filled but not made.  PostgreSQL drops them with the session: a killed run leaves nothing behind.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.columns import INSERT_COLUMNS, UNIQUE_USER_COLUMNS, USER_COLUMNS
from job.lobechat.ledger import ledger

STAGED_COLUMNS = {
    "staged_csv": {"line": "int", "id": "text", "row": "bytea"},  # row: a CsvUser as MessagePack
    "staged_users": {
        "id": "text",
        "email": "text",
        "email_verified": "boolean",
        "username": "text",
        "first_name": "text",
        "last_name": "text",
        "full_name": "text",
        "avatar": "text",
        "phone": "text",
        "phone_number_verified": "boolean",
        "banned": "boolean",
        "ban_reason": "text",
        "ban_expires_ms": "bigint",
        "two_factor_enabled": "boolean",
        "created_at_ms": "bigint",
        "updated_at_ms": "bigint",
        "last_active_at_ms": "bigint",
        "in_csv": "boolean",
        "in_api": "boolean",
        "shut_out": "boolean",
    },
    "staged_accounts": {
        "id": "text",
        "user_id": "text",
        "provider_id": "text",
        "account_id": "text",
        "scope": "text",
        "password": "text",
        "source_password": "text",
        "created_at_ms": "bigint",
        "updated_at_ms": "bigint",
        "can_sign_in": "boolean",
    },
    # codes: the backup codes in the clear, for C2B_BACKUP_CODES_FILE
    "staged_two_factor": {
        "id": "text",
        "user_id": "text",
        "secret": "text",
        "backup_codes": "text",
        "source_secret": "text",
        "codes": "text",
    },
    "staged_findings": {"user_id": "text", "code": "text", "detail": "text"},
    "staged_addresses": {"user_id": "text", "email_was": "text", "email": "text"},  # see staging/addresses.py
}

_OLD = {f"old_{name}": "text" for name in UNIQUE_USER_COLUMNS}
_NEW = {f"new_{column.name}": column.type for column in USER_COLUMNS}
_BAN = {name: type_ for name, type_ in _NEW.items() if name.startswith("new_ban")}
_INSERT = {f"insert_{name}": "timestamptz" for name in INSERT_COLUMNS}
_ACCOUNT_MOMENTS = {"created_at": "timestamp", "updated_at": "timestamp"}
_HELD = {"held_id": "text", "version": "xid"}

PLAN_COLUMNS = {
    # row_action: what happens to the row of `users`; action: to the user as a whole; version: of the row, see columns
    "plan_users": {
        "id": "text",
        "action": "text",
        "row_action": "text",
        "kept": "boolean",
        "logged": "boolean",
        "version": "xid",
        **_OLD,
        **_NEW,
        **_INSERT,
    },
    "plan_accounts": {
        "id": "text",
        "user_id": "text",
        "action": "text",
        "provider_id": "text",
        "account_id": "text",
        "scope": "text",
        "password": "text",
        **_ACCOUNT_MOMENTS,
        **_HELD,
    },
    "plan_two_factor": {
        "id": "text",
        "user_id": "text",
        "action": "text",
        "secret": "text",
        "backup_codes": "text",
        **_HELD,
    },
    "conflicts": {"user_id": "text", "code": "text", "other_id": "text"},
    "moves": {"id": "text"},
    "sign_in": {"user_id": "text", "class": "text", "reason": "text"},
}

INDEXES = (
    "CREATE INDEX ON staged_csv (id)",
    "CREATE INDEX ON plan_users (id)",
    "CREATE INDEX ON plan_accounts (user_id)",
    "CREATE INDEX ON plan_two_factor (user_id)",
    "CREATE INDEX ON conflicts (user_id)",
    "CREATE INDEX ON moves (id)",
)

# What an earlier run left, the newest for each row; views, so that they are never out of date.
_LEFT = {
    **{f"left_{table}": ledger.newest(table) for table in ("users", "accounts", "two_factor")},
    "left_bans": ledger.newest_bans(),
}
_EMPTY_LEFT = {
    "left_users": {"batch_id": "bigint", "id": "text", "action": "text", **_NEW},
    "left_bans": {"id": "text", **_BAN},
    "left_accounts": {"batch_id": "bigint", "id": "text", "user_id": "text", "action": "text", "fingerprint": "bytea"},
    "left_two_factor": {
        "batch_id": "bigint",
        "id": "text",
        "user_id": "text",
        "action": "text",
        "fingerprint": "bytea",
    },
}


def create(connection: Connection) -> None:
    """Make all of them, empty, and the views of what earlier runs left."""
    for table, columns in {**STAGED_COLUMNS, **PLAN_COLUMNS}.items():
        connection.execute(sa.text(f"CREATE TEMPORARY TABLE {table} ({_definition(columns)})"))
    for statement in INDEXES:
        connection.execute(sa.text(statement))
    view_ledger(connection)


def view_ledger(connection: Connection) -> None:
    """Point the views `left_…` at the ledger, or at nothing while there is none."""
    present = ledger.exists(connection)
    for view, query in _LEFT.items():
        nothing = ", ".join(f"NULL::{type_} AS {name}" for name, type_ in _EMPTY_LEFT[view].items())
        connection.execute(sa.text(f"DROP VIEW IF EXISTS pg_temp.{view}"))
        connection.execute(
            sa.text(f"CREATE TEMPORARY VIEW {view} AS {query if present else f'SELECT {nothing} WHERE false'}")
        )


def _definition(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} {type_}" for name, type_ in columns.items())
