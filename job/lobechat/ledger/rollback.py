"""Rollback: take back all that the job wrote of a user, or nothing.

A user is kept where LobeChat changed any row that the job wrote of them, where a user whom the job made has rows of
their own by now, and where somebody else has an address, name or number that the user would get back.  The rules are in
rollback_keep.sql; a dry run decides by the very same.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import stamina
import structlog
from sqlalchemy.engine import Connection

from job.context import Context
from job.lobechat.ledger import ledger
from job.lobechat.session import temporary
from job.lobechat.session.database import Database
from job.lobechat.session.database_errors import BusyError
from job.lobechat.session.lock import Lock
from job.lobechat.session.sql import read_sql, run_sql, stream_rows

log = structlog.get_logger()

PREPARE = read_sql(__file__, "prepare_rollback")
DECIDE = tuple(read_sql(__file__, name) for name in ("rollback_history", "rollback_plan", "rollback_numbers"))
KEPT = read_sql(__file__, "rollback_kept")
CALL = "SELECT users, accounts, two_factor FROM pg_temp.roll_back_batch(%(number)s, %(holder)s)"
BUSY_ATTEMPTS = 5  # of a batch that meets a lock

TABLES = ("users", "accounts", "two_factor")


class Plan(NamedTuple):
    """What is to be taken back: rows by table, and the numbers of the batches."""

    rows: dict[str, int]
    batches: list[int]


def preview(
    context: Context, database: Database, connection: Connection, name_kept: Callable[[str], None]
) -> dict[str, int]:
    """What a rollback would take back of the ledger, which must be there: rows by table.  Reads only."""
    _open_session(context, database, connection)
    plan = _decide(database, connection)
    _name_kept(database, connection, name_kept)
    return plan.rows


def roll_back(
    context: Context, database: Database, lock: Lock, connection: Connection, name_kept: Callable[[str], None]
) -> dict[str, int]:
    """Take back what the ledger, which must be there, tells of each user; a batch of users is one transaction.

    Returns the rows taken back by table, and names the users who are kept.  Raises UnexpectedWritesError,
    ConnectionLostError where the lock is lost, and BusyError; the batches before that stay taken back.
    """
    with database.transaction(connection):
        ledger.prepare_tables(connection)
        run_sql(connection, PREPARE)
    _open_session(context, database, connection)
    plan = _decide(database, connection)
    context.progress.begin("rollback", plan.rows["users"])
    done = Counter(dict.fromkeys(TABLES, 0))
    for batch in plan.batches:
        context.stop.check()
        for attempt in stamina.retry_context(on=BusyError, attempts=BUSY_ATTEMPTS, timeout=None, wait_max=5):
            with attempt:
                rows = _roll_back_batch(database, connection, batch, lock)
        done.update(rows)
        context.progress.advance(rows["users"])
        log.info("rollback.batch", batch=batch, **rows)
    _name_kept(database, connection, name_kept)
    return dict(done)


def _open_session(context: Context, database: Database, connection: Connection) -> None:
    settings = context.settings
    run = {
        "run_id": context.run_id,
        "batch_size": settings.batch_size,
        "accept_writes": sorted(settings.accept_writes),
    }
    with database.transaction(connection):
        temporary.create_for_rollback(connection, run)


def _decide(database: Database, connection: Connection) -> Plan:
    with database.transaction(connection, read_only=True):
        found: Any = run_sql(connection, *DECIDE).one()
    return Plan({table: int(getattr(found, table)) for table in TABLES}, list(found.batches))


def _roll_back_batch(database: Database, connection: Connection, number: int, lock: Lock) -> dict[str, int]:
    row = database.call(connection, CALL, number=number, holder=lock.holder_pid)
    return {table: int(getattr(row, table)) for table in TABLES}


def _name_kept(database: Database, connection: Connection, name: Callable[[str], None]) -> None:
    with database.transaction(connection, read_only=True):
        for (user_id,) in stream_rows(connection, KEPT):
            name(user_id)
