"""The ledger: what each batch wrote and what stood there before, in the schema `clerk_to_betterauth`.

It is written in the batch's own transaction.  It answers three questions: which values the job wrote (so that a later
run can tell LobeChat's own changes), what verify should find, and what rollback puts back.  Rows of `accounts` and
`two_factor` are remembered by fingerprint, so that no digest or secret is stored a second time; only a row that was
overwritten is kept whole.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.session.sql import read_sql, run_sql
from job.lobechat.session.temporary import ledger_views, read_present_columns
from job.lobechat.tables import LEDGER, LEDGER_SCHEMA

PREPARE = read_sql(__file__, "prepare")
CLEANUP = read_sql(__file__, "cleanup")
HAS_NEWCOMERS = read_sql(__file__, "has_newcomers")


def exists(connection: Connection) -> bool:
    """Whether an earlier run left a ledger here, or a part of one."""
    found = (f"to_regclass('{LEDGER_SCHEMA}.{table}') IS NOT NULL" for table in LEDGER)
    return bool(connection.execute(sa.text(f"SELECT {' OR '.join(found)}")).scalar_one())


def has_newcomers(connection: Connection) -> bool:
    """Whether late rescue joined newcomers, whose sessions a rollback brings back."""
    if f"{LEDGER_SCHEMA}.newcomers" not in read_present_columns(connection):
        return False  # a ledger of an earlier version, or none
    return bool(run_sql(connection, HAS_NEWCOMERS).scalar_one())


def prepare(connection: Connection) -> None:
    """Make the ledger's tables, or bring those of an earlier version up to date; the session's views then show them.

    Only a real run does, right before its first write.
    """
    whole = {f"{LEDGER_SCHEMA}.{table}": set(columns) for table, columns in LEDGER.items()}
    run_sql(connection, PREPARE, *ledger_views(whole))


def prepare_tables(connection: Connection) -> None:
    """The same for a session without views."""
    run_sql(connection, PREPARE)


def drop(connection: Connection) -> bool:
    """Drop the job's tables, and say whether there were any.  After it nothing can be rolled back."""
    present = exists(connection)
    run_sql(connection, CLEANUP)
    return present
