"""The plan: what will happen to each row, from the staged rows and the database as it is; and its numbers.

The tables plan_… and conflicts are written here alone, by the .sql files of this folder, in this order.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from job.lobechat.session.sql import read_sql, run_sql, stream_rows

CLEAR = read_sql(__file__, "clear")
SCOPE_ALL = read_sql(__file__, "scope_all")
SCOPE_OVERTAKEN = read_sql(__file__, "scope_overtaken")
STEPS: tuple[tuple[str, str], ...] = (  # a file, and the table that it fills
    ("input_conflicts", "conflicts"),
    ("users", "plan_users"),
    ("kept_values", "plan_kept_values"),
    ("newcomers", "plan_newcomers"),
    ("newcomer_accounts", "plan_newcomer_accounts"),
    ("conflicts", "conflicts"),
    ("accounts", "plan_accounts"),
    ("two_factor", "plan_two_factor"),
    ("users_with_rows", ""),
    ("movers", ""),
    ("numbers", ""),
)
ALL_CONFLICTS = read_sql(__file__, "all_conflicts")


class Batch(NamedTuple):
    """A batch's number (0: the users who take over each other's address, name or number), and its users."""

    number: int
    users: int


@dataclass(frozen=True)
class Plan:
    """The numbers of a plan: for each table, rows (for users: users) by what happens to them."""

    batches: list[Batch]
    numbers: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def conflicts(self) -> int:
        """Users left out because they clash."""
        return self.numbers["users"]["conflict"]

    @property
    def users_to_write(self) -> int:
        """Users who have something to write, or to remember in the ledger."""
        return sum(batch.users for batch in self.batches)


def make_plan(connection: Connection, *, simple: bool) -> Plan:
    """Plan from the staged rows, in one round trip.  The plan's tables must be empty; nothing but them is written."""
    statements = []
    for name, table in STEPS:
        statements.append(read_sql(__file__, "users_simple" if simple and name == "users" else name))
        statements += [f"ANALYZE pg_temp.{table}"] if table else []
    found: Any = run_sql(connection, *statements).scalar_one()
    numbers: dict[str, Counter[str]] = {table: Counter() for table in ("users", "accounts", "two_factor")}
    for table, action, count in found["numbers"]:
        numbers[table][action] += count
    return Plan([Batch(*one) for one in found["batches"]], numbers)


def read_conflicts(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """(user id, finding code, the other user's id), streamed."""
    for user_id, code, other_id in stream_rows(connection, ALL_CONFLICTS):
        yield str(user_id), str(code), str(other_id)
