"""The plan as a whole: from staged rows to batches, and its numbers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.plan.batches import TO_DO, Batch, cut_batches
from job.lobechat.plan.conflicts import find_conflicts, find_input_conflicts
from job.lobechat.plan.plan_accounts import plan_accounts
from job.lobechat.plan.plan_users import plan_users
from job.lobechat.session.session_tables import PLAN_COLUMNS

NUMBERS = """
    SELECT 'users', action, count(*) FROM plan_users GROUP BY action
    UNION ALL SELECT 'accounts', action, count(*) FROM plan_accounts GROUP BY action
    UNION ALL SELECT 'two_factor', action, count(*) FROM plan_two_factor GROUP BY action
    UNION ALL SELECT 'users', 'conflict', count(DISTINCT id) FROM staged_users s
        WHERE NOT EXISTS (SELECT FROM plan_users p WHERE p.id = s.id) HAVING count(*) > 0"""
TO_WRITE = f"SELECT count(*) FROM plan_users WHERE {TO_DO}"
CONFLICTS = "SELECT DISTINCT user_id, code, other_id FROM conflicts ORDER BY 1, 2, 3"


@dataclass(frozen=True)
class Plan:
    """The numbers of a plan: for each table, rows (for users: users) by what happens to them."""

    batches: list[Batch]
    numbers: dict[str, Counter[str]] = field(default_factory=dict)
    users_to_do: int = 0  # to write, or to remember in the ledger

    @property
    def conflicts(self) -> int:
        """Users left out because they clash."""
        return self.numbers["users"]["conflict"]


def make_plan(
    connection: Connection, *, only_email: bool, migrate_orphans: bool, versions: bool, batch_size: int
) -> Plan:
    """Plan from the staged rows.  The plan's tables must be empty; nothing but them is written."""
    find_input_conflicts(connection)
    plan_users(connection, only_email=only_email, migrate_orphans=migrate_orphans, versions=versions)
    find_conflicts(connection)
    plan_accounts(connection, versions=versions)
    batches = cut_batches(connection, batch_size)
    numbers: dict[str, Counter[str]] = {table: Counter() for table in ("users", "accounts", "two_factor")}
    for table, action, count in connection.execute(sa.text(NUMBERS)):
        numbers[table][action] += count
    return Plan(batches, numbers, connection.execute(sa.text(TO_WRITE)).scalar_one())


def clear_plan(connection: Connection) -> None:
    """Empty the plan's tables for a new plan from the same staged rows."""
    connection.execute(sa.text(f"TRUNCATE {', '.join(PLAN_COLUMNS)}"))


def read_conflicts(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """(user id, finding code, the other user's id), streamed."""
    with connection.execute(sa.text(CONFLICTS), execution_options={"yield_per": 2000}) as result:
        yield from (tuple(row) for row in result)
