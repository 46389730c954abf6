"""A dry run against a schema that a real run would upgrade first: the columns to come, as the upgrade would fill them.

Temporary views named as LobeChat's tables stand before them in the search path of this session alone.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.columns import ACCOUNT_COLUMNS, INSERT_COLUMNS, TWO_FACTOR_COLUMNS, USER_COLUMNS

# Defaults of the columns that revisions 0049 to 0060 add; the others come as NULL.
_DEFAULTS = {"email_verified": "false", "banned": "false", "two_factor_enabled": "false"}
_USERS = {
    **{column.name: column.type for column in USER_COLUMNS},
    **dict.fromkeys(INSERT_COLUMNS, "timestamptz"),
    "normalized_email": "text",
}
_ACCOUNTS = {name: "timestamp" if name.endswith("_at") else "text" for name in ACCOUNT_COLUMNS}
_NEEDED = {
    "users": _USERS,
    "accounts": {**_ACCOUNTS, "access_token": "text"},
    "two_factor": dict.fromkeys(TWO_FACTOR_COLUMNS, "text"),
}
_COLUMNS = sa.text("""
    SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped""")


def stand_in(connection: Connection) -> None:
    """Make a view for each table that lacks something; none where the schema has all that the job needs."""
    for table, needed in _NEEDED.items():
        present = set(connection.execute(_COLUMNS, {"table": f"public.{table}"}).scalars())
        missing = {name: type_ for name, type_ in needed.items() if name not in present}
        if missing:
            added = ", ".join(f"{_DEFAULTS.get(name, 'NULL')}::{type_} AS {name}" for name, type_ in missing.items())
            source = f"SELECT *, {added} FROM public.{table}" if present else f"SELECT {added} WHERE false"
            connection.execute(sa.text(f"CREATE TEMPORARY VIEW {table} AS {source}"))
