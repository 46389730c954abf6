"""PostgreSQL's own count of the rows that a transaction wrote, held against what it was to write.

The counters include what cascades and triggers write.  So a batch that touches a chat or a setting, or writes a row
more or less than planned, is rolled back.  Source: pg_stat_xact_user_tables, PostgreSQL 14 to 18.

The counters begin with what the session's last transactions wrote and the server has not collected yet (it does so
about once a second, never within a transaction): so they are read at the transaction's start and at its end.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.core.errors import UnexpectedWritesError

COUNTERS = sa.text("""
    SELECT schemaname || '.' || relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables
    WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND schemaname NOT LIKE 'pg\\_temp%'""")

_NONE = [0, 0, 0]


@dataclass(frozen=True)
class Touched:
    """Rows of each table as [inserted, updated, deleted], for a number of users."""

    users: int
    by_table: dict[str, list[int]]


def read_counters(connection: Connection) -> dict[str, list[int]]:
    """Rows of each table as [inserted, updated, deleted], counted up to now."""
    return {table: list(numbers) for table, *numbers in connection.execute(COUNTERS)}


def assert_touched(connection: Connection, before: dict[str, list[int]], expected: Touched) -> None:
    """Raise UnexpectedWritesError unless this transaction, since `before` was read, wrote exactly the expected rows."""
    actual = {}
    for table, numbers in read_counters(connection).items():
        written = [now - then for now, then in zip(numbers, before.get(table, _NONE), strict=True)]
        if written != _NONE:
            actual[table] = written
    if actual == expected.by_table:
        return
    tables = sorted(actual.keys() | expected.by_table.keys())
    differences = tuple(
        f"{table}: planned {expected.by_table.get(table, _NONE)}, written {actual.get(table, _NONE)}"
        " rows inserted, updated, deleted"
        for table in tables
        if actual.get(table) != expected.by_table.get(table)
    )
    raise UnexpectedWritesError(
        "a batch would have written other rows than planned; it was rolled back",
        hint="look for a trigger on users, accounts or two_factor, or track_counts=off; see the details",
        details=differences,
    )
