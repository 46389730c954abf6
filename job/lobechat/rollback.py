"""Rollback: take back what the job wrote, newest batch first, where it is still as the job wrote it.

A user whom the job made is removed only if nothing hangs on the row: LobeChat's foreign keys to `users` cascade, so a
chat begun since would go with it.  What was changed since stays, its ledger rows too, and is named.
"""

from dataclasses import dataclass, field

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from job.lobechat import ledger
from job.lobechat.columns import (
    ACCOUNT_COLUMNS,
    ACCOUNT_IDENTITY,
    TWO_FACTOR_COLUMNS,
    TWO_FACTOR_IDENTITY,
    UNIQUE_USER_COLUMNS,
    USER_COLUMNS,
    fingerprint,
    listed,
)
from job.lobechat.database import Database
from job.lobechat.ledger import SCHEMA
from job.lobechat.lock import Lock, backend_pid

log = structlog.get_logger()

_NAMES = tuple(column.name for column in USER_COLUMNS)
_AS_LEFT = f"ROW({listed(_NAMES, 'u.')}) IS NOT DISTINCT FROM ROW({listed(_NAMES, 'l.new_')})"

BATCHES = f"SELECT id FROM {SCHEMA}.batches ORDER BY id DESC"
REFERENCES = """
    SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), quote_ident(a.attname)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'f' AND k.confrelid = 'public.users'::regclass ORDER BY 1"""

CREATE_PENDING = "CREATE TEMPORARY TABLE restoring (id text PRIMARY KEY) ON COMMIT DELETE ROWS"
LOCK_USERS = f"""
    INSERT INTO restoring SELECT id FROM (
        SELECT u.id FROM users u JOIN {SCHEMA}.users l ON l.id = u.id
        WHERE l.batch_id = :batch AND l.action IN ('update', 'insert') AND {_AS_LEFT} FOR UPDATE OF u) AS locked"""
GIVE_UP = f"""
    UPDATE users u SET {", ".join(f"{column} = NULL" for column in UNIQUE_USER_COLUMNS)}
    FROM restoring r JOIN {SCHEMA}.users l ON l.id = r.id AND l.batch_id = :batch AND l.action = 'update'
    WHERE u.id = r.id AND ROW({listed(UNIQUE_USER_COLUMNS, "l.old_")})
        IS DISTINCT FROM ROW({listed(UNIQUE_USER_COLUMNS, "l.new_")})"""
RESTORE_USERS = f"""
    UPDATE users u SET {", ".join(f"{name} = l.old_{name}" for name in _NAMES)}
    FROM restoring r JOIN {SCHEMA}.users l ON l.id = r.id AND l.batch_id = :batch AND l.action = 'update'
    WHERE u.id = r.id"""
FORGET_USERS = f"""
    DELETE FROM {SCHEMA}.users l WHERE l.batch_id = :batch
    AND (l.action NOT IN ('update', 'insert') OR l.id IN (SELECT id FROM restoring))"""
KEPT_USERS = f"SELECT DISTINCT id FROM {SCHEMA}.users"
KEPT = f"{KEPT_USERS} UNION SELECT user_id FROM {SCHEMA}.accounts UNION SELECT user_id FROM {SCHEMA}.two_factor"
FORGET_BATCH = f"""
    DELETE FROM {SCHEMA}.batches b WHERE b.id = :batch AND NOT EXISTS
    (SELECT FROM {SCHEMA}.users WHERE batch_id = b.id UNION ALL SELECT FROM {SCHEMA}.accounts WHERE batch_id = b.id
     UNION ALL SELECT FROM {SCHEMA}.two_factor WHERE batch_id = b.id)"""


# Of each table: rows that are still as the job left them, and the users of those that are not.
PREVIEW = f"""
    SELECT 'users', l.id, {_AS_LEFT} FROM ({ledger.newest("users")}) l LEFT JOIN users u ON u.id = l.id
        WHERE l.action IN ('insert', 'update')
    UNION ALL SELECT 'accounts', l.user_id, l.fingerprint = {fingerprint(ACCOUNT_IDENTITY, "held.")}
        FROM ({ledger.newest("accounts")}) l LEFT JOIN accounts held ON held.id = l.id
    UNION ALL SELECT 'two_factor', l.user_id, l.fingerprint = {fingerprint(TWO_FACTOR_IDENTITY, "held.")}
        FROM ({ledger.newest("two_factor")}) l LEFT JOIN two_factor held ON held.id = l.id"""


@dataclass
class RolledBack:
    """Rows taken back, and the users who keep something."""

    restored: dict[str, int] = field(default_factory=lambda: {"users": 0, "accounts": 0, "two_factor": 0})
    kept: list[str] = field(default_factory=list)


def preview(database: Database, connection: Connection) -> RolledBack:
    """What a rollback would take back, but for users whom it would keep because rows hang on them.  Reads only."""
    result, kept = RolledBack(), set()
    with database.transaction(connection, read_only=True):
        if ledger.exists(connection):
            for table, user_id, as_left in connection.execute(sa.text(PREVIEW), execution_options={"yield_per": 2000}):
                if as_left:
                    result.restored[table] += 1
                else:
                    kept.add(user_id)
    result.kept = sorted(kept)
    return result


def roll_back(database: Database, lock: Lock, connection: Connection) -> RolledBack:
    """Take back every batch of the ledger, each in a transaction of its own."""
    result = RolledBack()
    with database.transaction(connection):
        pid = backend_pid(connection)
        if not ledger.exists(connection):
            return result
        batches = list(connection.execute(sa.text(BATCHES)).scalars())
        references = [(table, column) for table, column in connection.execute(sa.text(REFERENCES))]
        connection.execute(sa.text(CREATE_PENDING))
    for batch in batches:
        database.stop.check()
        with database.transaction(connection):
            lock.assert_held(connection, pid)
            _take_back(connection, batch, references, result)
        log.info("rollback.batch", batch=batch, **result.restored)
    with database.transaction(connection, read_only=True):
        result.kept = sorted(connection.execute(sa.text(KEPT)).scalars())
    return result


def _take_back(connection: Connection, batch: int, references: list[tuple[str, str]], result: RolledBack) -> None:
    def run(statement: str) -> int:
        return connection.execute(sa.text(statement), {"batch": batch} if ":batch" in statement else {}).rowcount

    result.restored["two_factor"] += _take_back_rows(run, "two_factor", TWO_FACTOR_COLUMNS, TWO_FACTOR_IDENTITY)
    result.restored["accounts"] += _take_back_rows(run, "accounts", ACCOUNT_COLUMNS, ACCOUNT_IDENTITY)
    run(LOCK_USERS)
    run(_keep_the_inhabited(references))
    run(GIVE_UP)
    result.restored["users"] += run(RESTORE_USERS)
    result.restored["users"] += run(f"""
        DELETE FROM users u USING restoring r, {SCHEMA}.users l
        WHERE u.id = r.id AND l.id = r.id AND l.batch_id = :batch AND l.action = 'insert'""")
    run(FORGET_USERS)
    run(FORGET_BATCH)


def _keep_the_inhabited(references: list[tuple[str, str]]) -> str:
    """An inserted user on whom any row hangs is not removed; the row is locked, so none can be added meanwhile."""
    inhabited = " OR ".join(f"EXISTS (SELECT FROM {table} WHERE {column} = r.id)" for table, column in references)
    return f"""DELETE FROM restoring r USING {SCHEMA}.users l
        WHERE l.id = r.id AND l.batch_id = :batch AND l.action = 'insert' AND ({inhabited})"""


def _take_back_rows(run, table: str, columns: tuple[str, ...], identity: tuple[str, ...]) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Delete the rows that the batch inserted and put back those that it overwrote; returns how many."""
    untouched = f"{fingerprint(identity, 'held.')} = l.fingerprint"
    old = f"jsonb_populate_record(NULL::public.{table}, l.old)"
    restored = run(f"""
        WITH back AS (UPDATE {table} held SET {", ".join(f"{name} = ({old}).{name}" for name in columns)}
            FROM {SCHEMA}.{table} l
            WHERE l.id = held.id AND l.batch_id = :batch AND l.action = 'update' AND {untouched} RETURNING l.id)
        DELETE FROM {SCHEMA}.{table} l USING back WHERE l.id = back.id AND l.batch_id = :batch""")
    deleted = run(f"""
        WITH back AS (DELETE FROM {table} held USING {SCHEMA}.{table} l
            WHERE l.id = held.id AND l.batch_id = :batch AND l.action = 'insert' AND {untouched} RETURNING l.id)
        DELETE FROM {SCHEMA}.{table} l USING back WHERE l.id = back.id AND l.batch_id = :batch""")
    return int(restored + deleted)
