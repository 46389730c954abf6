"""Carry out the plan: one transaction and one round trip a batch, in which rows, ledger and guard go together."""

from sqlalchemy.engine import Connection

from job.lobechat.session.database import Database
from job.lobechat.session.database_errors import BusyError

CALL = "SELECT done, overtaken FROM pg_temp.apply_batch(%(number)s, %(holder)s)"


OVERTAKE = "SELECT pg_temp.overtake_batch(%(number)s)"


class PlanStaleError(BusyError):
    """LobeChat changed users between plan and apply, again and again."""


def apply_batch(database: Database, connection: Connection, number: int, lock_holder: int) -> tuple[int, int]:
    """Commit one batch; returns how many users it wrote, and how many LobeChat overtook: nothing of theirs is written.

    Raises UnexpectedWritesError, ConnectionLostError where the lock is lost, and BusyError; then nothing is kept.
    """
    row = database.call(connection, CALL, number=number, holder=lock_holder)
    return int(row.done), int(row.overtaken)


def overtake_batch(connection: Connection, number: int) -> None:
    """Have all users of a batch planned again, of which nothing was written."""
    connection.exec_driver_sql(OVERTAKE, {"number": number})
