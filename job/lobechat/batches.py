"""Cut the plan into batches, each small enough for one transaction.

Batch 0 holds the users who take over an address, name or number that another one gives up, and those others: they have
to change in one transaction.  A user whose row needs nothing but was never met before is written into the ledger, so
that a later run can tell what LobeChat changed since.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.columns import UNIQUE_USER_COLUMNS
from job.lobechat.conflicts import ACTIVE

_WRITES = "action IN ('insert', 'update')"

_MOVES = " UNION ALL ".join(
    f"""SELECT unnest(ARRAY[p.id, q.id]) AS id FROM plan_users p JOIN plan_users q
        ON q.old_{column} = p.new_{column} AND q.id <> p.id AND q.row_action = 'update'
        WHERE p.row_action IN ('insert', 'update') AND p.new_{column} IS DISTINCT FROM p.old_{column}"""
    for column in UNIQUE_USER_COLUMNS
)

RAISE_ACTION = f"""
    UPDATE plan_users p SET action = 'update' WHERE p.action IN ('unchanged', 'changed_since')
    AND (EXISTS (SELECT FROM plan_accounts a WHERE a.user_id = p.id AND a.{_WRITES})
      OR EXISTS (SELECT FROM plan_two_factor t WHERE t.user_id = p.id AND t.{_WRITES}))"""
ASSIGN = f"""
    WITH moves AS MATERIALIZED (SELECT DISTINCT id FROM ({_MOVES}) AS both_sides)
    UPDATE plan_users p SET batch = numbered.batch
    FROM (SELECT id, CASE WHEN EXISTS (SELECT FROM moves m WHERE m.id = w.id) THEN 0
                     ELSE 1 + (row_number() OVER (ORDER BY id) - 1) / :batch_size END AS batch
          FROM plan_users w
          WHERE w.{ACTIVE} AND w.row_action <> 'deleted' AND (w.{_WRITES} OR NOT w.logged)) AS numbered
    WHERE p.id = numbered.id"""
FOLLOW = tuple(
    f"""UPDATE {table} r SET batch = p.batch FROM plan_users p
        WHERE p.id = r.user_id AND p.batch IS NOT NULL AND r.{_WRITES}"""
    for table in ("plan_accounts", "plan_two_factor")
)
NUMBERS = "SELECT DISTINCT batch FROM plan_users WHERE batch IS NOT NULL ORDER BY batch"


def assign_batches(connection: Connection, batch_size: int) -> list[int]:
    """Give each user with something to write, and the rows that go with it, a batch; returns the batches' numbers."""
    connection.execute(sa.text(RAISE_ACTION))
    connection.execute(sa.text(ASSIGN), {"batch_size": batch_size})
    for statement in FOLLOW:
        connection.execute(sa.text(statement))
    for table in ("plan_users", "plan_accounts", "plan_two_factor"):
        connection.execute(sa.text(f"ANALYZE {table}"))
    return list(connection.execute(sa.text(NUMBERS)).scalars())
