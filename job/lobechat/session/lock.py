"""One run at a time for a database.

The lock is an advisory lock of a transaction that stays open, idle, on a connection of its own for the whole run.  It
dies with its holder, nothing of it can leak through a connection pooler, and its transaction has no snapshot, so it
does not hold back vacuum.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from job.core.errors import JobError, LockHeldError, UnsuitableDatabaseError
from job.lobechat.session.database import Database
from job.lobechat.session.database_errors import ConnectionLostError, read_only_error

log = structlog.get_logger()

LOCK_KEY = {"space": 0x43324241, "number": 1}  # "C2BA"; advisory locks are apart for each database

PATIENT = sa.text("""
    SELECT set_config(name, '0', true) FROM pg_settings
    WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout', 'statement_timeout')""")
TRY_LOCK = sa.text("SELECT pg_try_advisory_xact_lock(:space, :number), pg_backend_pid()")
HOLDER = sa.text("""
    SELECT coalesce(a.application_name, ''), to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.classid = :space AND l.objid = :number AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())""")
STILL_HELD = sa.text("""
    SELECT pg_backend_pid(), EXISTS (
        SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = :space AND objid = :number
        AND granted AND pid = :pid)""")
END_FORMER = sa.text("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND datname = current_database()
    AND split_part(application_name, ' ', 2) = :run_id""")
READ_ONLY = sa.text("SELECT current_setting('transaction_read_only')::boolean")
BACKEND = sa.text("SELECT pg_backend_pid()")


@dataclass(frozen=True)
class Lock:
    """The held lock, and the check that it is still held."""

    holder_pid: int

    def assert_held(self, connection: Connection, backend_pid: int) -> None:
        """Fence a transaction on `connection`: the lock is held, and the session is the one that began the work.

        Raises ConnectionLostError where it is not: nothing of this transaction may be committed.
        """
        pid, held = connection.execute(STILL_HELD, {**LOCK_KEY, "pid": self.holder_pid}).one()
        if not held:
            raise ConnectionLostError("the run's lock on the database was lost", hint="run the job again")
        if pid != backend_pid:
            raise pooler_error()


def pooler_error() -> UnsuitableDatabaseError:
    """A pooler in transaction mode would scatter the run over several sessions."""
    return UnsuitableDatabaseError(
        "a connection pooler in transaction mode stands between the job and the database",
        hint="give the database's direct host and port (port 5432, not the pooler's), or a pool in session mode",
    )


def backend_pid(connection: Connection) -> int:
    """The process of the server that serves `connection` at this moment."""
    return int(connection.execute(BACKEND).scalar_one())


@contextmanager
def hold_lock(database: Database, *, to_write: bool) -> Iterator[Lock]:
    """Take the lock for the time of the block, in which tables, if only temporary ones, are made where `to_write`.

    Raises LockHeldError, naming the holder and since when; UnsuitableDatabaseError behind a pooler in transaction mode
    and, where `to_write`, for a replica.
    """
    with database.connect() as connection, database.transaction(connection):
        connection.execute(PATIENT)
        acquired, pid = connection.execute(TRY_LOCK, LOCK_KEY).one()
        if not acquired:
            raise _held_by_another(connection, database.run_id)
        if to_write and connection.execute(READ_ONLY).scalar_one():
            raise read_only_error()
        _refuse_pooler(database)
        log.info("lock.held")
        yield Lock(pid)


def _held_by_another(connection: Connection, run_id: str) -> JobError:
    """Who holds the lock; this very run, where the server has not noticed yet that it lost the connection to it."""
    row = connection.execute(HOLDER, LOCK_KEY).first()
    if row and run_id in row[0].split():
        connection.execute(END_FORMER, {"run_id": run_id})
        return ConnectionLostError("the server still served a connection that this run lost", hint="run the job again")
    holder, since = (row[0] or "an unknown run", row[1] or "an unknown time") if row else ("a run that just ended", "")
    log.error("lock.held_by_another", holder=holder, since=since)
    return LockHeldError(
        f"another run is at work on this database: {holder}, since {since}",
        hint="wait until it has ended; to end it, stop its container or pg_terminate_backend() its session",
    )


def _refuse_pooler(database: Database) -> None:
    """Two connections open at once never share a backend, except behind a pooler in transaction mode."""
    with database.connect() as first, database.connect() as second:
        with database.transaction(first):
            one = backend_pid(first)
        with database.transaction(second):
            two = backend_pid(second)
    if one == two:
        raise pooler_error()
