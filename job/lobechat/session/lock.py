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

PATIENT = """
    SELECT set_config(name, '0', true) FROM pg_settings
    WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout', 'statement_timeout')"""
TRY_LOCK = """
    SELECT pg_try_advisory_xact_lock(%(space)s, %(number)s) AS acquired, pg_backend_pid() AS pid,
           current_setting('transaction_read_only')::boolean AS read_only"""
HOLDER = sa.text("""
    SELECT coalesce(a.application_name, ''), to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.classid = :space AND l.objid = :number AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())""")
END_FORMER = sa.text("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND datname = current_database()
    AND split_part(application_name, ' ', 2) = :run_id""")
BACKEND = "SELECT pg_backend_pid() AS pid"


@dataclass(frozen=True)
class Lock:
    """The held lock, and the check that it is still held."""

    holder_pid: int


def pooler_error() -> UnsuitableDatabaseError:
    """A pooler in transaction mode would scatter the run over several sessions."""
    return UnsuitableDatabaseError(
        "a connection pooler in transaction mode stands between the job and the database",
        hint="give the database's direct host and port (port 5432, not the pooler's), or a pool in session mode",
    )


@contextmanager
def hold_lock(database: Database, work: Connection, *, to_write: bool) -> Iterator[Lock]:
    """Take the lock for the time of the block.

    In it the run works on the connection `work`, and makes tables, if only temporary ones, where `to_write`.

    Raises LockHeldError, naming the holder and since when; UnsuitableDatabaseError behind a pooler in transaction mode
    and, where `to_write`, for a replica.
    """
    with database.connect() as connection:
        backend = database.call(work, BACKEND).pid
        with database.transaction(connection):
            row = connection.exec_driver_sql(f"{PATIENT};\n{TRY_LOCK}", LOCK_KEY).one()
            if row.pid == backend:
                raise pooler_error()  # two connections open at once never share a backend, except behind such a pooler
            if not row.acquired:
                raise _held_by_another(connection, database.run_id)
            if to_write and row.read_only:
                raise read_only_error()
            log.info("lock.held")
            yield Lock(row.pid)


def _held_by_another(connection: Connection, run_id: str) -> JobError:
    """Who holds the lock; this very run, where the server has not noticed yet that it lost the connection to it."""
    row = connection.execute(HOLDER, LOCK_KEY).first()
    if row and run_id in row[0].split():
        connection.execute(END_FORMER, {"run_id": run_id})
        return ConnectionLostError("the server still holds a connection that this run lost", hint="run the job again")
    holder, since = (row[0] or "an unknown run", row[1] or "an unknown time") if row else ("a run that just ended", "")
    log.error("lock.held_by_another", holder=holder, since=since)
    return LockHeldError(
        f"another run is at work on this database: {holder}, since {since}",
        hint="wait until it has ended; to end it, stop its container or pg_terminate_backend() its session",
    )
