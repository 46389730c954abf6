"""Transactions of the check and of the revisions, and PostgreSQL's errors in them as those of `schema.errors`."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import sqlalchemy as sa
from psycopg2 import errorcodes
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from schema.errors import (
    ConnectionLostError,
    DuplicatesError,
    NotLobeChatError,
    SchemaError,
    TemporaryError,
    UnsuitableDatabaseError,
)

LOCK_TIMEOUT_SECONDS = 10
# The search path holds no schema in which others may create objects: nobody's function or operator stands in for
# PostgreSQL's own.  A backslash in a literal is one, as it was rendered.  A statement may take as long as its table is
# large; the time-out of the stage ends it.
LIMITS = (
    "SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL quote_all_identifiers = off;"
    " SET LOCAL standard_conforming_strings = on;"
    f" SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'; SET LOCAL statement_timeout = 0;"
    " SET LOCAL tcp_keepalives_idle = 15; SET LOCAL tcp_keepalives_interval = 5; SET LOCAL tcp_keepalives_count = 4"
)
ENCODING = "UTF8"

RIGHTS = "grant the role what docs/least-privilege.md lists"
AGAIN = "nothing of it was kept; run again, it goes on where it stopped"

# SQLSTATE, or its first two characters for the whole class: PostgreSQL's documentation, Appendix A.
BY_SQLSTATE: dict[str, tuple[type[SchemaError], str, str]] = {
    "08": (ConnectionLostError, "the connection to the database was lost", AGAIN),
    "23505": (DuplicatesError, "two rows have one value", "merge the duplicates, then run again"),
    "25006": (
        UnsuitableDatabaseError,
        "the database is read-only",
        "use the primary server, and turn default_transaction_read_only off",
    ),
    "25P": (ConnectionLostError, "the server ended the transaction because it took too long", AGAIN),
    "40": (TemporaryError, "the transaction clashed with another one", AGAIN),
    "P0001": (
        UnsuitableDatabaseError,
        "a trigger or an event trigger of this database forbids it",
        "nothing was kept of it; find it with \\dy in psql, and ALTER EVENT TRIGGER … DISABLE for this time",
    ),
    "42501": (UnsuitableDatabaseError, "the role lacks a privilege", RIGHTS),
    "53": (TemporaryError, "the database server is out of disk space, memory or connections", AGAIN),
    "55P03": (TemporaryError, "somebody else holds a lock on a table for longer than the lock time-out", AGAIN),
    "57014": (TemporaryError, "a statement was cancelled or took longer than the time-out", AGAIN),
    "57P": (ConnectionLostError, "the database server shut the connection down", AGAIN),
    "58": (TemporaryError, "the database server reported a system error", "see the server's log, then run again"),
}


class Connects(Protocol):
    """Whatever opens connections: an Engine, or an object of the caller that watches over what it opens."""

    def connect(self) -> AbstractContextManager[Connection]:
        """Open a connection that is closed at the end of the context."""


@contextmanager
def transaction(connection: Connection, doing: str, *, read_only: bool = False) -> Iterator[None]:
    """Run one transaction with its time-outs, in UTF-8; `doing` names it in the errors."""
    with translated(doing):
        _set_encoding(connection)
    with translated(doing), connection.begin():
        if read_only:
            connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        connection.execute(sa.text(LIMITS))
        yield


def _set_encoding(connection: Connection) -> None:
    raw = connection.connection.dbapi_connection
    if raw is not None and raw.encoding != ENCODING:
        raw.set_client_encoding(ENCODING)  # also where the server, the database or the role is set to another


@contextmanager
def reading(engine: Connects, doing: str) -> Iterator[Connection]:
    """Open a connection with one read-only transaction that sees one state of the database."""
    with translated(doing), engine.connect() as connection, transaction(connection, doing, read_only=True):
        yield connection


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn a database error into a SchemaError that holds no value from the database."""
    try:
        yield
    except DBAPIError as exc:
        raise _translate(exc, doing) from None


def _translate(exc: DBAPIError, doing: str) -> SchemaError:
    broken = isinstance(exc, OperationalError | InterfaceError)
    state = getattr(exc.orig, "pgcode", None) or ("08" if broken else "")
    for key in (state, state[:3], state[:2]):
        if key in BY_SQLSTATE:
            error, message, hint = BY_SQLSTATE[key]
            return error(f"{doing} failed: {message} ({_name(state)})", hint=hint)
    return NotLobeChatError(
        f"{doing} failed ({_name(state)}): the database is not as LobeChat's own migrator would have left it",
        hint="nothing was kept of it; look the failure up in the database's log, put it right, then run again",
    )


def _name(state: str) -> str:
    try:
        return f"SQLSTATE {state} {errorcodes.lookup(state).lower()}"
    except KeyError:
        return f"SQLSTATE {state}" if state else "no SQLSTATE"
