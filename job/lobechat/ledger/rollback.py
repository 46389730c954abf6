"""Rollback: take back what the job wrote, newest batch first, where it is still as the job wrote it.

A user whom the job made is removed only if nothing hangs on the row: LobeChat's foreign keys to `users` cascade, so a
chat begun since would go with it.  What was changed since stays, its ledger rows too, and is named.
"""

from collections.abc import Callable

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

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
from job.lobechat.ledger import ledger
from job.lobechat.session.database import Database
from job.lobechat.session.lock import Lock, backend_pid
from job.lobechat.session.sql import stream_rows
from job.lobechat.tables import LEDGER_SCHEMA as SCHEMA

log = structlog.get_logger()

TABLES = ("users", "accounts", "two_factor")
_NAMES = tuple(column.name for column in USER_COLUMNS)
_AS_LEFT = f"ROW({listed(_NAMES, 'u.')}) IS NOT DISTINCT FROM ROW({listed(_NAMES, 'l.new_')})"

BATCHES = f"SELECT id FROM {SCHEMA}.batches ORDER BY id DESC"
REFERENCES = """
    SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), quote_ident(a.attname)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'f' AND k.confrelid = 'public.users'::regclass ORDER BY 1"""

CREATE_PENDING = """
    CREATE TEMPORARY TABLE restoring (id text PRIMARY KEY) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE kept (id text PRIMARY KEY)"""
LOCK_USERS = f"""
    INSERT INTO restoring SELECT id FROM (
        SELECT u.id FROM public.users u JOIN {SCHEMA}.users l ON l.id = u.id
        WHERE l.batch_id = :batch AND l.action IN ('update', 'insert') AND {_AS_LEFT} FOR UPDATE OF u) AS locked
    WHERE id NOT IN (SELECT id FROM kept)"""
# Somebody else has by now what the user had before: the user keeps what the job gave.
KEEP_THE_BEREFT = tuple(
    f"""DELETE FROM restoring r USING {SCHEMA}.users l, public.users u
    WHERE l.id = r.id AND l.batch_id = :batch AND l.action = 'update' AND u.{column} = l.old_{column} AND u.id <> r.id
    AND NOT EXISTS (SELECT FROM restoring other WHERE other.id = u.id)"""
    for column in UNIQUE_USER_COLUMNS
)
GIVE_UP = f"""
    UPDATE public.users u SET {", ".join(f"{column} = NULL" for column in UNIQUE_USER_COLUMNS)}
    FROM restoring r JOIN {SCHEMA}.users l ON l.id = r.id AND l.batch_id = :batch AND l.action = 'update'
    WHERE u.id = r.id AND ROW({listed(UNIQUE_USER_COLUMNS, "l.old_")})
        IS DISTINCT FROM ROW({listed(UNIQUE_USER_COLUMNS, "l.new_")})"""
RESTORE_USERS = f"""
    UPDATE public.users u SET {", ".join(f"{name} = l.old_{name}" for name in _NAMES)}
    FROM restoring r JOIN {SCHEMA}.users l ON l.id = r.id AND l.batch_id = :batch AND l.action = 'update'
    WHERE u.id = r.id"""
REMOVE_USERS = f"""
    DELETE FROM public.users u USING restoring r, {SCHEMA}.users l
    WHERE u.id = r.id AND l.id = r.id AND l.batch_id = :batch AND l.action = 'insert'"""
# The row that the flag speaks of is gone: it would lock out a user who is kept.
FLAG_OFF = f"""
    UPDATE public.users u SET two_factor_enabled = coalesce(l.old_two_factor_enabled, false)
    FROM {SCHEMA}.users l
    WHERE l.id = u.id AND l.batch_id = :batch AND l.new_two_factor_enabled AND u.two_factor_enabled
    AND NOT EXISTS (SELECT FROM restoring r WHERE r.id = u.id)
    AND NOT EXISTS (SELECT FROM public.two_factor t WHERE t.user_id = u.id)"""
NOTE_KEPT = f"""
    INSERT INTO kept SELECT id FROM {SCHEMA}.users WHERE batch_id = :batch ON CONFLICT DO NOTHING"""
FORGET_USERS = f"""
    DELETE FROM {SCHEMA}.users l WHERE l.batch_id = :batch
    AND (l.action NOT IN ('update', 'insert') OR l.id IN (SELECT id FROM restoring))"""
KEPT = f"""
    SELECT id FROM {SCHEMA}.users UNION SELECT user_id FROM {SCHEMA}.accounts UNION SELECT user_id FROM
    {SCHEMA}.two_factor ORDER BY 1"""
FORGET_BATCH = f"""
    DELETE FROM {SCHEMA}.batches b WHERE b.id = :batch AND NOT EXISTS
    (SELECT FROM {SCHEMA}.users WHERE batch_id = b.id UNION ALL SELECT FROM {SCHEMA}.accounts WHERE batch_id = b.id
     UNION ALL SELECT FROM {SCHEMA}.two_factor WHERE batch_id = b.id)"""
# A batch of which something is kept goes on telling how many rows it has here: verify counts them.
_ROWS_LEFT = ", ".join(
    f"'{SCHEMA}.{table}', jsonb_build_array((SELECT count(*) FROM {SCHEMA}.{table} WHERE batch_id = b.id), 0, 0)"
    for table in TABLES
)
COUNT_AGAIN = f"""
    UPDATE {SCHEMA}.batches b SET row_changes = row_changes || jsonb_build_object({_ROWS_LEFT}) WHERE b.id = :batch"""


def _newest(table: str, among: str = "true") -> str:
    """SELECT of what the job last wrote of each row of `table`: the newest of its rows, `among` those that it wrote."""
    return f"""SELECT every.* FROM {SCHEMA}.{table} every
        JOIN (SELECT id, max(batch_id) AS batch_id FROM {SCHEMA}.{table} WHERE {among} GROUP BY id) AS last
        USING (id, batch_id)"""


# Rows of each table that the ledger knows how to put back, each once however many runs wrote it.
WRITTEN = "action IN ('insert', 'update')"
IN_LEDGER = " UNION ALL ".join(
    f"SELECT '{table}', count(DISTINCT id) FROM {SCHEMA}.{table} WHERE {WRITTEN}" for table in TABLES
)
# Of each of these: the table, the user, and whether it is still as the job left it.
STANDING = f"""
    SELECT 'users' AS name, l.id AS user_id, {_AS_LEFT} AS as_left
        FROM ({_newest("users", WRITTEN)}) l LEFT JOIN public.users u ON u.id = l.id
    UNION ALL SELECT 'accounts', l.user_id, l.fingerprint = {fingerprint(ACCOUNT_IDENTITY, "held.")}
        FROM ({_newest("accounts")}) l LEFT JOIN public.accounts held ON held.id = l.id
    UNION ALL SELECT 'two_factor', l.user_id, l.fingerprint = {fingerprint(TWO_FACTOR_IDENTITY, "held.")}
        FROM ({_newest("two_factor")}) l LEFT JOIN public.two_factor held ON held.id = l.id"""
PREVIEW = f"SELECT name, count(*) FILTER (WHERE as_left) FROM ({STANDING}) AS standing GROUP BY name"
WOULD_KEEP = f"SELECT DISTINCT user_id FROM ({STANDING}) AS standing WHERE as_left IS NOT TRUE ORDER BY 1"


def preview(database: Database, connection: Connection, name_kept: Callable[[str], None]) -> dict[str, int]:
    """What a rollback would take back of the ledger, which must be there.  Reads only.

    It does not see whom a rollback keeps because rows hang on them, or because another has their former address.
    """
    with database.transaction(connection, read_only=True):
        _name_all(connection, WOULD_KEEP, name_kept)
        return dict.fromkeys(TABLES, 0) | _read_numbers(connection, PREVIEW)


def roll_back(
    database: Database, lock: Lock, connection: Connection, name_kept: Callable[[str], None]
) -> dict[str, int]:
    """Take back every batch of the ledger, which must be there, each in a transaction of its own.

    Returns the rows taken back by table, and names the users who keep something.
    """
    with database.transaction(connection):
        ledger.prepare_tables(connection)
    with database.transaction(connection):
        pid = backend_pid(connection)
        batches = list(connection.execute(sa.text(BATCHES)).scalars())
        references = [(table, column) for table, column in connection.execute(sa.text(REFERENCES))]
        before = _read_numbers(connection, IN_LEDGER)
        connection.execute(sa.text(CREATE_PENDING))
    for batch in batches:
        database.stop.check()
        with database.transaction(connection):
            lock.assert_held(connection, pid)
            rows = _take_back(connection, batch, references)
        log.info("rollback.batch", batch=batch, **rows)
    with database.transaction(connection, read_only=True):
        after = _read_numbers(connection, IN_LEDGER)
        _name_all(connection, KEPT, name_kept)
    return {table: before[table] - after[table] for table in TABLES}


def _read_numbers(connection: Connection, query: str) -> dict[str, int]:
    return {table: int(number) for table, number in connection.execute(sa.text(query))}


def _name_all(connection: Connection, query: str, name: Callable[[str], None]) -> None:
    for (user_id,) in stream_rows(connection, query):
        name(user_id)


def _take_back(connection: Connection, batch: int, references: list[tuple[str, str]]) -> dict[str, int]:
    """Take one batch back; returns the rows of each table."""

    def run(statement: str) -> int:
        return connection.execute(sa.text(statement), {"batch": batch} if ":batch" in statement else {}).rowcount

    two_factor = _take_back_rows(run, "two_factor", TWO_FACTOR_COLUMNS, TWO_FACTOR_IDENTITY)
    accounts = _take_back_rows(run, "accounts", ACCOUNT_COLUMNS, ACCOUNT_IDENTITY)
    run(LOCK_USERS)
    run(_keep_the_inhabited(references))
    while sum(run(statement) for statement in KEEP_THE_BEREFT):  # who stays may bar the next one's way
        pass
    run(GIVE_UP)
    users = run(RESTORE_USERS) + run(REMOVE_USERS)
    run(FLAG_OFF)
    run(FORGET_USERS)
    run(NOTE_KEPT)
    run(COUNT_AGAIN)
    run(FORGET_BATCH)
    return {"users": users, "accounts": accounts, "two_factor": two_factor}


def _keep_the_inhabited(references: list[tuple[str, str]]) -> str:
    """An inserted user on whom any row hangs is not removed; the row is locked, so none can be added meanwhile."""
    inhabited = " OR ".join(f"EXISTS (SELECT FROM {table} WHERE {column} = r.id)" for table, column in references)
    return f"""DELETE FROM restoring r USING {SCHEMA}.users l
        WHERE l.id = r.id AND l.batch_id = :batch AND l.action = 'insert' AND ({inhabited})"""


def _take_back_rows(run: Callable[[str], int], table: str, columns: tuple[str, ...], identity: tuple[str, ...]) -> int:
    """Delete the rows that the batch inserted and put back those that it overwrote; returns how many."""
    untouched = f"{fingerprint(identity, 'held.')} = l.fingerprint"
    old = f"jsonb_populate_record(NULL::public.{table}, l.old)"
    restored = run(f"""
        WITH back AS (UPDATE public.{table} held SET {", ".join(f"{name} = ({old}).{name}" for name in columns)}
            FROM {SCHEMA}.{table} l
            WHERE l.id = held.id AND l.batch_id = :batch AND l.action = 'update' AND {untouched} RETURNING l.id)
        DELETE FROM {SCHEMA}.{table} l USING back WHERE l.id = back.id AND l.batch_id = :batch""")
    deleted = run(f"""
        WITH back AS (DELETE FROM public.{table} held USING {SCHEMA}.{table} l
            WHERE l.id = held.id AND l.batch_id = :batch AND l.action = 'insert' AND {untouched} RETURNING l.id)
        DELETE FROM {SCHEMA}.{table} l USING back WHERE l.id = back.id AND l.batch_id = :batch""")
    return restored + deleted
