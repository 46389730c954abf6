"""The tables that the job knows, each column once: LobeChat's, the ledger's, and the temporary ones of a session.

Temporary tables, the rows that Python hands to COPY, and the views of what an older schema lacks follow from here; the
statements in the .sql files name the same columns, and tests/lobechat/test_tables.py holds them together.
"""

from types import UnionType
from typing import Any, NamedTuple, get_args, get_type_hints

from job.mapping.rows import AccountRow, Finding, TwoFactorRow, UserRow

Columns = dict[str, str]  # the SQL type by the column's name, in the table's order

LEDGER_SCHEMA = "clerk_to_betterauth"

# The columns of `users` that Clerk's values are merged into.
MERGED: Columns = {
    "email": "text",
    "email_verified": "boolean",
    "username": "text",
    "first_name": "text",
    "last_name": "text",
    "full_name": "text",
    "avatar": "text",
    "phone": "text",
    "phone_number_verified": "boolean",
    "role": "text",
    "banned": "boolean",
    "ban_reason": "text",
    "ban_expires": "timestamptz",
    "two_factor_enabled": "boolean",
    "clerk_created_at": "timestamptz",
}
# Those of which a value that LobeChat changed after an earlier run stays; of the others the rule itself decides.
WATCHED = ("email", "username", "first_name", "last_name", "full_name", "avatar", "phone", "two_factor_enabled")
UNIQUE = ("email", "username", "phone")
# Set when a row is new; a row that exists keeps its own.
SET_ONCE: Columns = dict.fromkeys(("created_at", "updated_at", "last_active_at", "accessed_at"), "timestamptz")

LOBECHAT: dict[str, Columns] = {
    "users": {"id": "text", **MERGED, **SET_ONCE, "normalized_email": "text"},
    "accounts": {
        "id": "text",
        "user_id": "text",
        "provider_id": "text",
        "account_id": "text",
        "scope": "text",
        "password": "text",
        "created_at": "timestamp",
        "updated_at": "timestamp",
    },
    "two_factor": {"id": "text", "user_id": "text", "secret": "text", "backup_codes": "text"},
}
# What revisions 0049 to 0060 fill a new column with, where that is not NULL.
FILLED = {"email_verified": "false", "banned": "false", "two_factor_enabled": "false"}

_SQL_TYPES: dict[Any, str] = {str: "text", int: "bigint", bool: "boolean", tuple[str, ...]: "text"}


def _columns_of(row: type[NamedTuple]) -> Columns:
    """The columns of a staged table are the fields of the row that the mapping gives."""
    return {name: _SQL_TYPES[_without_none(hint)] for name, hint in get_type_hints(row).items()}


def _without_none(hint: Any) -> Any:
    if isinstance(hint, UnionType):
        return next(one for one in get_args(hint) if one is not type(None))
    return str if isinstance(hint, type) and issubclass(hint, str) else hint


STAGED: dict[str, Columns] = {
    "staged_users": _columns_of(UserRow),
    "staged_accounts": _columns_of(AccountRow),
    "staged_two_factor": _columns_of(TwoFactorRow),  # codes: the new backup codes in the clear
    "staged_findings": _columns_of(Finding),
    "staged_twice": {"id": "text"},  # the ids that the CSV names more than once
    # LobeChat's own addresses that are not plain lower-case ASCII, as a sign-in looks them up (NULL: no address)
    "staged_addresses": {"user_id": "text", "email_was": "text", "email": "text"},
}

PLANNED: dict[str, Columns] = {
    # row_action: of the row of `users`; action: of the user as a whole; batch: from 1, movers are in batch 0
    "plan_users": {
        "id": "text",
        "batch": "int",
        "action": "pg_temp.user_action",
        "row_action": "pg_temp.row_action",
        "kept_in_lobechat": "boolean",
        "logged": "boolean",
        "version": "xid",
        "seen": "bigint",  # a hash of the columns that the job writes, as the plan saw them
        **{f"old_{name}": "text" for name in UNIQUE},
        **{f"new_{name}": type_ for name, type_ in MERGED.items()},
        **{f"insert_{name}": type_ for name, type_ in SET_ONCE.items()},
    },
    # Of users who keep values of LobeChat's: what the job last wrote there, which the ledger goes on telling.
    "plan_kept_values": {"id": "text", **{name: MERGED[name] for name in WATCHED}},
    "plan_accounts": {
        **LOBECHAT["accounts"],
        "batch": "int",
        "action": "pg_temp.row_action",
        "existing_id": "text",
        "version": "xid",
    },
    "plan_two_factor": {
        **LOBECHAT["two_factor"],
        "batch": "int",
        "action": "pg_temp.row_action",
        "existing_id": "text",
        "version": "xid",
    },
    "conflicts": {"user_id": "text", "code": "text", "other_id": "text"},
    # Late rescue.  reason: why the newcomer is not joined with the old self, NULL where that is done; seen and
    # account_ids: the newcomer as the plan saw it
    "plan_newcomers": {
        "id": "text",
        "user_id": "text",
        "reason": "text",
        "seen": "bigint",
        "account_ids": "text[]",
    },
    "plan_newcomer_accounts": {"id": "text", "user_id": "text"},  # the rows that move to the old self, user_id
    "refused_domains": {"domain": "text"},  # of those that addresses have; empty where the next LobeChat refuses none
    # email_refused: the next LobeChat refuses the address, and so a password that would else let the user in; the rest
    # is what the user will have: an address, and one that is verified, any password, an avatar that Clerk serves
    "sign_in": {
        "user_id": "text",
        "class": "text",
        "reason": "text",
        "email_refused": "boolean",
        "has_email": "boolean",
        "email_verified": "boolean",
        "has_password": "boolean",
        "avatar_at_clerk": "boolean",
    },
}
# What LobeChat changed between plan and apply is planned again: these users alone, where the table holds any.
REPLANNED: dict[str, Columns] = {"overtaken": {"user_id": "text"}, "plan_scope": {"id": "text"}}
INDEXED = (
    ("plan_users", "batch"),
    ("plan_kept_values", "id"),
    ("plan_accounts", "batch"),
    ("plan_two_factor", "batch"),
    ("conflicts", "user_id"),
    ("plan_newcomers", "user_id"),
    ("overtaken", "user_id"),
    ("plan_scope", "id"),
)

_OLD_ROW: Columns = {
    "batch_id": "bigint",
    "id": "text",
    "user_id": "text",
    "action": "text",
    "fingerprint": "bytea",
    "old": "jsonb",
}
LEDGER: dict[str, Columns] = {
    "batches": {
        "id": "bigint",
        "run_id": "text",
        "path": "text",
        "committed_at": "timestamptz",
        "row_changes": "jsonb",
        "transaction_id": "xid8",
    },
    "users": {
        "batch_id": "bigint",
        "id": "text",
        "action": "text",
        **{f"old_{name}": type_ for name, type_ in MERGED.items()},
        **{f"new_{name}": type_ for name, type_ in MERGED.items()},
        "kept_in_lobechat": "boolean",
    },
    "accounts": _OLD_ROW,
    "two_factor": _OLD_ROW,
    "newcomers": {"batch_id": "bigint", "id": "text", "user_id": "text", "old": "jsonb", "old_sessions": "jsonb"},
}

# What rollback takes back: the ledger's entries of a row as one, from before the first write to after the last.
_ROW_TO_RESTORE: Columns = {
    "id": "text",
    "user_id": "text",
    "inserted": "boolean",
    "fingerprint": "bytea",
    "old": "jsonb",
    "changed_between": "boolean",
}
ROLLBACK: dict[str, Columns] = {
    # written: the job wrote the row of `users`; changed_between: LobeChat did too, between two runs
    "rollback_users": {
        "id": "text",
        "batch": "int",
        "kept": "boolean",
        "written": "boolean",
        "inserted": "boolean",
        "changed_between": "boolean",
        **{f"old_{name}": type_ for name, type_ in MERGED.items()},
        **{f"new_{name}": type_ for name, type_ in MERGED.items()},
    },
    "rollback_accounts": _ROW_TO_RESTORE,
    "rollback_two_factor": _ROW_TO_RESTORE,
}
ROLLBACK_INDEXED = (
    ("rollback_users", "id"),
    ("rollback_users", "batch"),
    ("rollback_accounts", "user_id"),
    ("rollback_two_factor", "user_id"),
)

# The one row of `run`: what the statements need to know of the settings.
RUN: Columns = {
    "run_id": "text",
    "path": "text",
    "migrate_orphans": "boolean",
    "relink": "boolean",
    "batch_size": "int",
    "accept_writes": "text[]",
    "providers": "text[]",
    "email_sign_in": "boolean",
    "verification": "boolean",
    "mail": "boolean",
    "refuses_addresses": "boolean",
}
