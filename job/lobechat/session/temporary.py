"""The temporary side of a session: what Clerk has (staged_…), what is to be done (plan_…), and views of what is there.

All of it lies in `pg_temp` and is made before the session's first READ ONLY transaction, in which temporary tables may
be filled but not made.  PostgreSQL drops it with the session: a killed run leaves nothing behind.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import Connection

from job.lobechat.actions import ENUMS
from job.lobechat.session.sql import read_sql, run_sql
from job.lobechat.tables import (
    FILLED,
    INDEXED,
    LEDGER,
    LEDGER_SCHEMA,
    LOBECHAT,
    PLANNED,
    REPLANNED,
    ROLLBACK,
    ROLLBACK_INDEXED,
    RUN,
    STAGED,
    Columns,
)

PresentColumns = dict[str, set[str]]  # by table with its schema

PRESENT = read_sql(__file__, "present_columns")
BATCH_USERS = "CREATE TEMPORARY TABLE batch_users (id text PRIMARY KEY) ON COMMIT DELETE ROWS"
RENAMED = {"row_changes": "touched"}  # the ledger's columns by the name that an earlier version gave them

_FOLDER = Path(__file__).parents[1]
# Views that all parts read, and the functions that write: made once, in this order.
SHARED = (
    "ledger/last_written.sql",
    "session/references_to_users.sql",
    "plan/views.sql",
    "plan/newcomer_views.sql",
    "apply/row_changes.sql",
    "apply/apply_batch.sql",
    "apply/join_newcomers.sql",
)
FOR_ROLLBACK = (
    "session/references_to_users.sql",
    "apply/row_changes.sql",
    "ledger/rollback_keep.sql",
    "ledger/rollback_newcomers.sql",
    "ledger/rollback_batch.sql",
)


def create(connection: Connection, present: PresentColumns, run: dict[str, object]) -> None:
    """Make everything that migrate and verify need, empty, with `run` as the one row of the table `run`.

    One round trip.
    """
    run_sql(connection, *definitions(present), _run_row(connection, run))


def definitions(present: PresentColumns) -> Iterator[str]:
    """Every statement of `create`, for tables with the columns that are `present`."""
    yield from _enums()
    yield from _tables({**STAGED, **PLANNED, **REPLANNED}, INDEXED)
    yield from lobechat_views(present)
    yield from ledger_views(present)
    yield from _texts(SHARED)


def create_for_rollback(connection: Connection, run: dict[str, object]) -> None:
    """The same for rollback, which needs less of it."""
    tables = _tables(ROLLBACK, ROLLBACK_INDEXED)
    views = ledger_views(read_present_columns(connection))
    run_sql(connection, *tables, BATCH_USERS, *views, *_texts(FOR_ROLLBACK), _run_row(connection, run))


def _tables(tables: dict[str, Columns], indexed: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from (_table(name, columns) for name, columns in {**tables, "run": RUN}.items())
    yield from (f"CREATE INDEX ON pg_temp.{table} ({column})" for table, column in indexed)


def _run_row(connection: Connection, run: dict[str, object]) -> str:
    """The statement that writes the row of `run`."""
    names = [name for name in RUN if name in run]
    values = ", ".join(f"%({name})s" for name in names)
    with closing(connection.connection.cursor()) as cursor:
        statement: bytes = cursor.mogrify(f"INSERT INTO pg_temp.run ({', '.join(names)}) VALUES ({values})", run)
    return statement.decode()


def _texts(files: Iterable[str]) -> Iterator[str]:
    return ((_FOLDER / name).read_text(encoding="utf-8") for name in files)


def read_present_columns(connection: Connection) -> PresentColumns:
    """The columns that LobeChat's and the ledger's tables have, by table; a table that is not there has none."""
    present: PresentColumns = {}
    for table, column in run_sql(connection, PRESENT):
        present.setdefault(str(table), set()).add(str(column))
    return present


def lobechat_views(present: PresentColumns) -> Iterator[str]:
    """`lobechat_users` and so on: the rows as they are, with the transaction that wrote each as its `version`.

    In a dry run against a schema that a real run would upgrade first, the columns to come stand there as the upgrade
    would fill them.
    """
    for table, columns in LOBECHAT.items():
        yield _view(f"lobechat_{table}", f"public.{table}", columns, present, version=True)


def ledger_views(present: PresentColumns) -> Iterator[str]:
    """`ledger_users` and so on: the ledger, or nothing while there is none."""
    for table, columns in LEDGER.items():
        yield _view(f"ledger_{table}", f"{LEDGER_SCHEMA}.{table}", columns, present, version=False)


def _view(name: str, table: str, columns: Columns, present: PresentColumns, *, version: bool) -> str:
    has = present.get(table, set())
    given = [_given(column, type_, has) for column, type_ in columns.items()]
    if version:
        given.append("t.xmin AS version" if has else "NULL::xid AS version")
    rows = f"FROM {table} t" if has else "WHERE false"
    return f"CREATE OR REPLACE TEMPORARY VIEW {name} AS SELECT {', '.join(given)} {rows}"


def _given(column: str, type_: str, has: set[str]) -> str:
    if column in has:
        return f"t.{column}"
    if (former := RENAMED.get(column)) in has:
        return f"t.{former} AS {column}"
    return f"{FILLED.get(column, 'NULL')}::{type_} AS {column}"


def _enums() -> Iterator[str]:
    for name, words in ENUMS.items():
        labels = ", ".join(f"'{word}'" for word in words)
        yield f"CREATE TYPE pg_temp.{name} AS ENUM ({labels})"


def _table(name: str, columns: Columns) -> str:
    return f"CREATE TEMPORARY TABLE {name} ({', '.join(f'{column} {type_}' for column, type_ in columns.items())})"
