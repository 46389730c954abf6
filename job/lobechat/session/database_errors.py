"""The one place where PostgreSQL's errors become the job's.

A server's message can hold row values, so only its SQLSTATE and the name of its condition are carried on.
Source of the codes: PostgreSQL's documentation, Appendix A.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2 import errorcodes
from sqlalchemy.exc import DBAPIError

from job.core.errors import (
    JobError,
    NotLobeChatError,
    SettingsError,
    TemporaryError,
    UnexpectedWritesError,
    UnsuitableDatabaseError,
)
from job.core.stop import Stop
from job.lobechat.session.refusal import FROM_SERVER


class ConnectionLostError(TemporaryError):
    """The connection broke; its temporary tables and locks are gone with it."""


class UnreachableError(TemporaryError):
    """A connection was not made; the next attempt may succeed."""


class BusyError(TemporaryError):
    """The statement met a lock, a deadlock or a row written at the same moment; the transaction may be tried again."""


class RowClashError(BusyError):
    """Somebody wrote or deleted a row at that moment which this one depends on; a new plan takes it into account."""


# Raised by the job's own functions, see apply/row_changes.sql.
LOCK_LOST = "C2B01"
UNEXPECTED_WRITES = "C2B05"

_RUN_AGAIN = "run the job again; it goes on where it stopped"
_RIGHT_DATABASE = "check the database URL and CLERK_TO_BETTERAUTH_SCHEMA"
_PRIMARY = (
    "give the URL of the primary, not of a replica; on a primary, RESET default_transaction_read_only for the database"
    " or the role (ALTER DATABASE, ALTER ROLE)"
)
_RIGHTS = "grant the role what docs/least-privilege.md lists"

# SQLSTATE, or its first two characters for the whole class: error type, message, hint
_BY_SQLSTATE: dict[str, tuple[type[JobError], str, str]] = {
    "08": (ConnectionLostError, "the connection to the database was lost", _RUN_AGAIN),
    "28": (
        SettingsError,
        "the database refused the user name or password",
        "check the database URL's user and password",
    ),
    "3D": (SettingsError, "the database does not exist", "check the database URL's last part"),
    "40": (BusyError, "the transaction clashed with another one", _RUN_AGAIN),
    "42501": (NotLobeChatError, "the role lacks a privilege", _RIGHTS),
    "42P01": (NotLobeChatError, "a table that LobeChat has is missing", _RIGHT_DATABASE),
    "42703": (NotLobeChatError, "a column that LobeChat has is missing", _RIGHT_DATABASE),
    "25006": (UnsuitableDatabaseError, "the database is read-only", _PRIMARY),
    "2BP01": (
        UnsuitableDatabaseError,
        "an object that is not the job's depends on the ledger's tables",
        "drop it, or move it elsewhere, then run again",
    ),
    "23505": (RowClashError, "a row with the same unique value was written at the same moment", _RUN_AGAIN),
    "23503": (RowClashError, "a row was deleted at the same moment", _RUN_AGAIN),
    "53": (
        TemporaryError,
        "the database server is out of disk space, memory or connections",
        "free some, then run again",
    ),
    "55P03": (BusyError, "another session held a lock on a table for longer than the lock timeout", _RUN_AGAIN),
    "57014": (TemporaryError, "a statement was cancelled or took longer than the timeout", _RUN_AGAIN),
    "57P": (ConnectionLostError, "the database server shut the connection down", _RUN_AGAIN),
    "25P03": (ConnectionLostError, "the server ended the session because it was idle", _RUN_AGAIN),
    "25P04": (ConnectionLostError, "the server ended the transaction because it took too long", _RUN_AGAIN),
    "58": (TemporaryError, "the database server reported a system error", "see the server's log, then run again"),
}

# The same for a connection that the server refuses; what is not here may pass.
_BY_CONNECT_SQLSTATE: dict[str, tuple[type[JobError], str, str]] = {
    "28000": (
        SettingsError,
        "the server does not let this role connect from here",
        "check user, database and TLS in the database URL, the role's LOGIN, and the server's pg_hba.conf",
    ),
    "28": _BY_SQLSTATE["28"],
    "3D": _BY_SQLSTATE["3D"],
    "42501": (SettingsError, "the role may not connect to this database", _RIGHTS),
    "53": _BY_SQLSTATE["53"],
}

# psycopg2 carries no SQLSTATE of a refused connection, only a text: libpq's own, the server's where it speaks English,
# or a pooler's, whose SQLSTATE says nothing.
_BY_CONNECT_TEXT: tuple[tuple[str, type[JobError], str, str], ...] = (
    ("password authentication failed", *_BY_SQLSTATE["28"]),
    ("no password supplied", *_BY_SQLSTATE["28"]),
    ("no pg_hba.conf entry", SettingsError, "the server allows no such connection", "check user, database and TLS"),
    ("pg_hba.conf rejects", SettingsError, "the server allows no such connection", "check user, database and TLS"),
    ("is not permitted to log in", SettingsError, "the role may not log in", "ALTER ROLE … LOGIN, or use another role"),
    ("permission denied for database", SettingsError, "the role may not connect to this database", _RIGHTS),
    ("role ", *_BY_SQLSTATE["28"]),
    ("database ", *_BY_SQLSTATE["3D"]),
    (
        "server does not support SSL",
        SettingsError,
        "the server offers no TLS",
        "set CLERK_TO_BETTERAUTH_DATABASE_DRIVER=node if a plain connection is meant",
    ),
    (
        "certificate",
        SettingsError,
        "the server's certificate was not accepted",
        "check sslmode and sslrootcert in the URL",
    ),
    (
        "could not translate host name",
        TemporaryError,
        "the host name of the database cannot be resolved",
        "check the host in the database URL; if it is right, run again",
    ),
    (
        "Connection refused",
        TemporaryError,
        "the database's host refuses the connection",
        "check host and port in the database URL; if they are right, run again once the server is up",
    ),
    ("could not write init file", *_BY_SQLSTATE["53"]),  # the disk is full
    ("too many clients", *_BY_SQLSTATE["53"]),
    ("too many connections", *_BY_SQLSTATE["53"]),
    ("remaining connection slots", *_BY_SQLSTATE["53"]),
    ("invalid connection option", SettingsError, "the database URL cannot be read", "check its parameters"),
    ("invalid URI query parameter", SettingsError, "the database URL cannot be read", "check its parameters"),
    ("invalid sslmode", SettingsError, "the database URL cannot be read", "check its sslmode"),
)


def translate_connect(text: str, ask_sqlstate: Callable[[], str | None]) -> JobError:
    """The job's error for a connection that was not made.  Only a mistake in the settings is final.

    `text` is libpq's; `ask_sqlstate` is called where it is in a language that is not known here.
    """
    for part, kind, message, hint in _BY_CONNECT_TEXT:
        if part in text and (part not in {"role ", "database "} or "does not exist" in text):
            return _refused(kind, message, hint)
    code = (ask_sqlstate() if FROM_SERVER in text else None) or ""
    for key in (code, code[:2]):
        if key in _BY_CONNECT_SQLSTATE:
            kind, message, hint = _BY_CONNECT_SQLSTATE[key]
            return _refused(kind, f"{message} ({code})", hint)
    hint = "check that it runs and accepts connections; run again"
    return UnreachableError(f"the database cannot be reached{f' ({code})' if code else ''}", hint=hint)


def _refused(kind: type[JobError], message: str, hint: str) -> JobError:
    return (UnreachableError if issubclass(kind, TemporaryError) else kind)(message, hint=hint)


def translate(error: psycopg2.Error) -> JobError | None:
    """The job's error for PostgreSQL's; None for one that only a bug can cause."""
    code = error.pgcode
    if code == LOCK_LOST:
        return ConnectionLostError("the run's lock on the database was lost", hint="run the job again")
    if code == UNEXPECTED_WRITES:
        return _unexpected_writes(error)
    if code is None:
        broken = isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError)
        code = "08" if broken else ""
    for key in (code, code[:3], code[:2]):
        if key in _BY_SQLSTATE:
            kind, message, hint = _BY_SQLSTATE[key]
            name = errorcodes.lookup(code) if len(code) == 5 else "CONNECTION"  # noqa: PLR2004 - an SQLSTATE's length
            return kind(f"{message} ({code} {name.lower()})", hint=hint)
    return None


def _unexpected_writes(error: psycopg2.Error) -> JobError:
    """The function's own words hold table names and numbers, no row."""
    return UnexpectedWritesError(
        "a batch would have written other rows than planned; it was rolled back",
        hint="look for a trigger on users, accounts or two_factor; see the details",
        details=tuple((error.diag.message_detail or "").splitlines()),
    )


def read_only_error() -> JobError:
    """The job's error for a replica, met before the server has to refuse a statement."""
    kind, message, hint = _BY_SQLSTATE["25006"]
    return kind(message, hint=hint)


@contextmanager
def translated(stop: Stop | None = None) -> Iterator[None]:
    """Turn errors of SQLAlchemy and psycopg2 into the job's; a cancelled statement of a stopping run into the stop."""
    try:
        yield
    except (DBAPIError, psycopg2.Error) as exc:
        origin = exc.orig if isinstance(exc, DBAPIError) else exc
        if stop is not None:
            stop.check()
        error = translate(origin) if isinstance(origin, psycopg2.Error) else None
        if error is None:
            raise
        raise error from None
