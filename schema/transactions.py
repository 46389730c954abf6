"""Transactions of the check and of the revisions, and PostgreSQL's errors in them as the errors of the job."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import psycopg2
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from job.core.errors import ConflictsError, JobError, NotLobeChatError, TemporaryError
from job.lobechat.session.database_errors import translate

LOCK_TIMEOUT_SECONDS = 10
# A statement may take as long as its table is large; the time-out of the stage ends it.
LIMITS = (
    f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'; SET LOCAL statement_timeout = 0;"
    " SET LOCAL tcp_keepalives_idle = 15; SET LOCAL tcp_keepalives_interval = 5; SET LOCAL tcp_keepalives_count = 4"
)
# Names are shown without their schema when it is on the search path; pgvector may live in a schema of its own.
SEARCH_PATH = """
    SELECT set_config('search_path', concat_ws(', ', 'public', (
        SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
        WHERE extname = 'vector' AND nspname <> 'public'), 'pg_temp'), true)"""

INTEGRITY = "23"  # elsewhere LobeChat wrote at the same moment; here the rows never were as they should be
SAME_MEND = ("42501", "25006")  # no privilege, read-only


class Connects(Protocol):
    """Whatever opens connections: an Engine, or an object of the caller that watches over what it opens."""

    def connect(self) -> AbstractContextManager[Connection]:
        """Open a connection that is closed at the end of the context."""


@contextmanager
def transaction(connection: Connection, doing: str, *, read_only: bool = False) -> Iterator[None]:
    """Run one transaction with its time-outs; `doing` names it in the errors."""
    with translated(doing), connection.begin():
        if read_only:
            connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        connection.execute(sa.text(LIMITS))
        connection.execute(sa.text(SEARCH_PATH))
        yield


@contextmanager
def reading(engine: Connects, doing: str) -> Iterator[Connection]:
    """Open a connection with one read-only transaction that sees one state of the database."""
    with translated(doing), engine.connect() as connection, transaction(connection, doing, read_only=True):
        yield connection


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn a database error into a JobError that holds no value from the database."""
    try:
        yield
    except DBAPIError as exc:
        raise _translate(exc, doing) from None


def _translate(exc: DBAPIError, doing: str) -> JobError:
    """What the job says of the same error elsewhere, but where it tells that the tables are not LobeChat's."""
    state = getattr(exc.orig, "pgcode", None) or ""
    if state == "23505":
        return ConflictsError(f"{doing} failed: two rows have one value", hint="merge the duplicates, then run again")
    error = translate(exc.orig) if isinstance(exc.orig, psycopg2.Error) else None
    if isinstance(error, TemporaryError) and state[:2] != INTEGRITY:
        return type(error)(f"{doing} failed: {error.message}", hint=f"nothing was kept of it; {error.hint}")
    if error is not None and state in SAME_MEND:
        return type(error)(f"{doing} failed: {error.message}", hint=error.hint)
    return NotLobeChatError(
        f"{doing} failed (SQLSTATE {state}): the database is not as LobeChat's own migrator would have left it",
        hint="nothing was kept of it; look the failure up in the database's log, put it right, then run again",
    )
