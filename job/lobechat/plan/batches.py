"""Cut the plan into batches, each small enough for one transaction.

A batch is a range of user ids.  Before them comes one for the users who take over an address, name or number that
another one gives up, and for those others: they have to change in one transaction.  A user whose row needs nothing but
was never met before is written into the ledger, so that a later run can tell what LobeChat changed since.
"""

from itertools import pairwise
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.columns import UNIQUE_USER_COLUMNS

_WRITES = "action IN ('insert', 'update')"
# Users whose batch has something to do: a row to write, or one to remember.
TO_DO = f"({_WRITES} OR action IN ('unchanged', 'changed_since') AND row_action <> 'deleted' AND NOT logged)"


class Batch(NamedTuple):
    """The users with `after` < id <= `until` (None: no bound) who move nothing; or, with `moving`, all who do."""

    moving: bool
    after: str | None
    until: str | None


def in_batch(column: str) -> str:
    """SQL that is true where `column`, a user's id, belongs to the batch bound to :moving, :after and :until."""
    return f"""(:after IS NULL OR {column} > :after) AND (:until IS NULL OR {column} <= :until)
        AND EXISTS (SELECT FROM moves m WHERE m.id = {column}) = :moving"""


RAISE_ACTION = f"""
    UPDATE plan_users p SET action = 'update' WHERE p.action IN ('unchanged', 'changed_since')
    AND (EXISTS (SELECT FROM plan_accounts a WHERE a.user_id = p.id AND a.{_WRITES})
      OR EXISTS (SELECT FROM plan_two_factor t WHERE t.user_id = p.id AND t.{_WRITES}))"""
_MOVES = " UNION ALL ".join(
    f"""SELECT unnest(ARRAY[p.id, q.id]) AS id FROM plan_users p JOIN plan_users q
        ON q.old_{column} = p.new_{column} AND q.id <> p.id AND q.row_action = 'update'
        WHERE p.row_action IN ('insert', 'update') AND p.new_{column} IS DISTINCT FROM p.old_{column}"""
    for column in UNIQUE_USER_COLUMNS
)
FIND_MOVES = f"INSERT INTO moves SELECT DISTINCT id FROM ({_MOVES}) AS both_sides"
BOUNDS = f"""
    SELECT id FROM (
        SELECT id, row_number() OVER (ORDER BY id) AS number, count(*) OVER () AS last FROM plan_users WHERE {TO_DO}
    ) AS numbered WHERE number % :batch_size = 0 OR number = last ORDER BY number"""


def cut_batches(connection: Connection, batch_size: int) -> list[Batch]:
    """The batches of the plan, in order; none where nothing is to be done."""
    connection.execute(sa.text(RAISE_ACTION))
    moves = connection.execute(sa.text(FIND_MOVES)).rowcount
    bounds = connection.execute(sa.text(BOUNDS), {"batch_size": batch_size}).scalars()
    ranges = [Batch(moving=False, after=after, until=until) for after, until in pairwise([None, *bounds])]
    return [Batch(moving=True, after=None, until=None), *ranges] if moves else ranges
