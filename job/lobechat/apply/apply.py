"""Carry out the plan: one transaction a batch, in which rows, ledger and the proof of what was touched go together."""

import json
from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from job.lobechat.apply.row_changes import Touched, assert_touched, read_counters
from job.lobechat.columns import (
    ACCOUNT_COLUMNS,
    ACCOUNT_IDENTITY,
    INSERT_COLUMNS,
    TWO_FACTOR_COLUMNS,
    TWO_FACTOR_IDENTITY,
    UNIQUE_USER_COLUMNS,
    USER_COLUMNS,
    fingerprint,
    kept,
    listed,
)
from job.lobechat.ledger.ledger import SCHEMA
from job.lobechat.plan.batches import TO_DO, Batch, in_batch
from job.lobechat.session.database import Database
from job.lobechat.session.database_errors import BusyError
from job.lobechat.session.lock import Lock

log = structlog.get_logger()

_NAMES = tuple(column.name for column in USER_COLUMNS)
_OLD, _HELD, _NEW = listed(_NAMES, "old_"), listed(_NAMES, "u."), listed(_NAMES, "new_")
_INSERTED = tuple(INSERT_COLUMNS)
_AS_PLANNED = "u.xmin = p.version"


def _assigned(names: tuple[str, ...], prefix: str) -> str:
    return ", ".join(f"{name} = {prefix}{name}" for name in names)


_USERS = f"{in_batch('p.id')} AND {TO_DO}"
_ROWS = f"{in_batch('p.user_id')} AND p.action IN ('insert', 'update')"
PLANNED = sa.text(f"""
    SELECT 'users', count(*) FILTER (WHERE row_action = 'insert'), count(*) FILTER (WHERE row_action = 'update'),
    count(*) FROM plan_users p WHERE {_USERS}
    UNION ALL SELECT 'accounts', count(*) FILTER (WHERE action = 'insert'), count(*) FILTER (WHERE action = 'update'),
    count(*) FROM plan_accounts p WHERE {_ROWS}
    UNION ALL SELECT 'two_factor', count(*) FILTER (WHERE action = 'insert'), count(*) FILTER (WHERE action = 'update'),
    count(*) FROM plan_two_factor p WHERE {_ROWS}""")
BEGIN_BATCH = sa.text(f"""
    INSERT INTO {SCHEMA}.batches (run_id, path, touched) VALUES (:run_id, :path, CAST(:touched AS jsonb))
    RETURNING id""")

# Users who hand an address, name or number on give it up first, or the unique constraints would bar the taker.
STILL_AS_PLANNED = sa.text(f"""
    SELECT count(*) FROM (SELECT FROM users u JOIN plan_users p ON p.id = u.id
    WHERE {_USERS} AND p.row_action = 'update' AND {_AS_PLANNED} FOR UPDATE OF u) AS held""")
GIVE_UP = sa.text(f"""
    UPDATE users u SET {", ".join(f"{column} = NULL" for column in UNIQUE_USER_COLUMNS)}
    FROM plan_users p WHERE p.id = u.id AND {_USERS} AND p.row_action = 'update'""")
TAKE = sa.text(f"""
    UPDATE users u SET {_assigned(_NAMES, "p.new_")}
    FROM plan_users p WHERE p.id = u.id AND {_USERS} AND p.row_action = 'update'""")

UPDATE_USERS = sa.text(f"""
    UPDATE users u SET {_assigned(_NAMES, "p.new_")}
    FROM plan_users p WHERE p.id = u.id AND {_USERS} AND p.row_action = 'update' AND {_AS_PLANNED}""")
INSERT_USERS = sa.text(f"""
    INSERT INTO users (id, {listed(_NAMES)}, {listed(_INSERTED)})
    SELECT id, {_NEW}, {", ".join(f"coalesce(insert_{name}, now())" for name in _INSERTED)}
    FROM plan_users p WHERE {_USERS} AND row_action = 'insert'""")
INSERT_ACCOUNTS = sa.text(f"""
    INSERT INTO accounts ({listed(ACCOUNT_COLUMNS)})
    SELECT id, user_id, {listed(ACCOUNT_IDENTITY)},
        coalesce(created_at, now() AT TIME ZONE 'UTC'), coalesce(updated_at, now() AT TIME ZONE 'UTC')
    FROM plan_accounts p WHERE {_ROWS} AND action = 'insert'""")
UPDATE_ACCOUNTS = sa.text(f"""
    UPDATE accounts held SET {_assigned(ACCOUNT_IDENTITY, "p.")}, updated_at = coalesce(p.updated_at, held.updated_at)
    FROM plan_accounts p WHERE p.held_id = held.id AND {_ROWS} AND p.action = 'update'
    AND held.xmin = p.version""")
INSERT_TWO_FACTOR = sa.text(f"""
    INSERT INTO two_factor ({listed(TWO_FACTOR_COLUMNS)}) SELECT {listed(TWO_FACTOR_COLUMNS)}
    FROM plan_two_factor p WHERE {_ROWS} AND action = 'insert'""")
UPDATE_TWO_FACTOR = sa.text(f"""
    UPDATE two_factor held SET {_assigned(TWO_FACTOR_IDENTITY, "p.")}
    FROM plan_two_factor p WHERE p.held_id = held.id AND {_ROWS} AND p.action = 'update'
    AND held.xmin = p.version""")

# A batch is a small slice of LobeChat's tables: reading them whole for each, as hash joins do, never pays.
BY_INDEX = sa.text("""
    SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)""")

# The ledger comes first: it tells the rows as they are before the batch writes them.
LOG_USERS = sa.text(f"""
    INSERT INTO {SCHEMA}.users (batch_id, id, action, {_OLD}, {_NEW})
    SELECT :batch_id, p.id, row_action, {_HELD}, {_NEW} FROM plan_users p LEFT JOIN users u ON u.id = p.id
    WHERE {_USERS} AND NOT kept""")
# Of a value that LobeChat changed the ledger goes on telling what the job left, so that a later run keeps it too.
_LEFT = ", ".join(
    f"CASE WHEN {kept(column)} THEN l.new_{column.name} ELSE p.new_{column.name} END"
    if column.watched
    else f"p.new_{column.name}"
    for column in USER_COLUMNS
)
LOG_KEPT = sa.text(f"""
    INSERT INTO {SCHEMA}.users (batch_id, id, action, {_OLD}, {_NEW})
    SELECT :batch_id, p.id, p.row_action, {_HELD}, {_LEFT}
    FROM (SELECT * FROM plan_users p WHERE {_USERS} AND kept) p
    JOIN left_users l ON l.id = p.id LEFT JOIN users u ON u.id = p.id
    WHERE EXISTS (SELECT FROM plan_users WHERE kept)""")
LOG_ROWS = tuple(
    sa.text(f"""
    INSERT INTO {SCHEMA}.{table} (batch_id, id, user_id, action, fingerprint, old)
    SELECT :batch_id, coalesce(p.held_id, p.id), p.user_id, p.action, {fingerprint(identity, "p.")},
        CASE WHEN held.id IS NOT NULL THEN to_jsonb(held) END
    FROM plan_{table} p LEFT JOIN {table} held ON held.id = p.held_id WHERE {_ROWS}""")
    for table, identity in (("accounts", ACCOUNT_IDENTITY), ("two_factor", TWO_FACTOR_IDENTITY))
)


class PlanStaleError(BusyError):
    """LobeChat changed a row between plan and apply; a new plan takes that into account."""


@dataclass(frozen=True)
class Apply:
    """What a batch is carried out with."""

    database: Database
    lock: Lock
    backend_pid: int
    path: str

    def batch(self, connection: Connection, batch: Batch) -> int:
        """Commit one batch; returns how many users it held.

        Raises PlanStaleError where a row is no longer as the plan saw it: then nothing of the batch is kept.
        """
        with self.database.transaction(connection):
            self.lock.assert_held(connection, self.backend_pid)
            before = read_counters(connection)
            touched = planned(connection, batch)
            batch_id = connection.execute(
                BEGIN_BATCH,
                {"run_id": self.database.run_id, "path": self.path, "touched": json.dumps(touched.by_table)},
            ).scalar_one()
            for statement in (LOG_KEPT, BY_INDEX, LOG_USERS, *LOG_ROWS):
                connection.execute(statement, {"batch_id": batch_id, **batch._asdict()})
            _write_rows(connection, batch, touched)
            assert_touched(connection, before, touched)
        return touched.users


def planned(connection: Connection, batch: Batch) -> Touched:
    """What the batch should write, in rows of each table; who hands something on is written twice."""
    by_table = {}
    users = 0
    for table, inserted, updated, logged in connection.execute(PLANNED, batch._asdict()):
        by_table[f"public.{table}"] = [inserted, updated * 2 if batch.moving and table == "users" else updated, 0]
        by_table[f"{SCHEMA}.{table}"] = [logged, 0, 0]
        users = logged if table == "users" else users
    by_table[f"{SCHEMA}.batches"] = [1, 0, 0]
    return Touched(users, {table: numbers for table, numbers in by_table.items() if any(numbers)})


def _write_rows(connection: Connection, batch: Batch, touched: Touched) -> None:
    def write(statement: sa.TextClause, table: str, kind: int) -> None:
        if not (expected := touched.by_table.get(f"public.{table}", [0, 0, 0])[kind]):
            return
        done = connection.execute(statement, batch._asdict()).rowcount
        if done != expected:
            raise PlanStaleError(f"{expected - done} rows of {table} changed between plan and apply")

    if batch.moving:
        _hand_over(connection, batch, touched)
    else:
        write(UPDATE_USERS, "users", 1)
    write(INSERT_USERS, "users", 0)
    write(UPDATE_ACCOUNTS, "accounts", 1)
    write(INSERT_ACCOUNTS, "accounts", 0)
    write(UPDATE_TWO_FACTOR, "two_factor", 1)
    write(INSERT_TWO_FACTOR, "two_factor", 0)


def _hand_over(connection: Connection, batch: Batch, touched: Touched) -> None:
    expected = touched.by_table.get("public.users", [0, 0, 0])[1] // 2
    held = connection.execute(STILL_AS_PLANNED, batch._asdict()).scalar_one()
    if held != expected:
        raise PlanStaleError(f"{expected - held} rows of users changed between plan and apply")
    for statement in (GIVE_UP, TAKE):
        connection.execute(statement, batch._asdict())
