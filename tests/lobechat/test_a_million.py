"""What PostgreSQL would do for a million users, told by its planner."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from job.lobechat import tables
from job.lobechat.session import temporary
from job.lobechat.tables import LEDGER, LEDGER_SCHEMA, LOBECHAT, PLANNED, STAGED
from tests.support.job import Job, google, user

FOLDER = Path(tables.__file__).parent
STATEMENTS = (
    "plan/users",
    "plan/accounts",
    "plan/two_factor",
    "verify/sign_in",
    "verify/findings",
    "verify/wide_findings",
    "verify/checks",
)
SMALL = {"run", "plan_scope"}  # tables that never hold all users
MANY = 1_000  # rows
SOME_USERS = "INSERT INTO users (id, email) SELECT 'user_' || n, n || '@example.org' FROM generate_series(1, 300) n"
PRETEND = """
    UPDATE pg_class SET relpages = pg_relation_size(oid) / 8192, reltuples = 1e6
    WHERE oid = CAST(%(table)s AS regclass)"""


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_table_is_read_anew_for_each_user(job: Job, name: str) -> None:
    job.sql(SOME_USERS)
    job.give([user(number, external_accounts=(google(number),)) for number in range(1, 301)])
    assert job.run() == 0
    job.sql("ANALYZE")
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    engine = sa.create_engine(job.url.replace("postgresql:", "postgresql+psycopg2:", 1), poolclass=NullPool)
    with engine.begin() as connection:
        temporary.create(
            connection,
            temporary.read_present_columns(connection),
            {"run_id": "a run", "batch_size": 10, "refuses_addresses": True},
        )
        own = [f"pg_temp.{table}" for table in (*STAGED, *PLANNED)]
        for table in own:
            connection.exec_driver_sql(f"INSERT INTO {table} DEFAULT VALUES")
        ledger = [f"{LEDGER_SCHEMA}.{table}" for table in LEDGER if table != "batches"]
        for table in (*own, *(f"public.{table}" for table in LOBECHAT), *ledger):
            connection.exec_driver_sql(PRETEND, {"table": table})
        # As in a run; and a table is then read whole only where no index fits.
        connection.exec_driver_sql("SET LOCAL enable_nestloop = off; SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL work_mem = '64MB'")
        for statement in text.rstrip().removesuffix(";").split(";\n"):
            explain = f"EXPLAIN (FORMAT JSON, VERBOSE) {statement}"
            [top] = connection.exec_driver_sql(explain, execution_options={"no_parameters": True}).scalar_one()
            once = frozenset(re.findall(r"hashed (SubPlan \d+)", json.dumps(top)))
            assert list(read_anew(top["Plan"], once)) == []


def read_anew(node: dict[str, Any], once: frozenset[str], *, often: bool = False) -> Iterator[str]:
    """The tables that are read for each of many rows: by a nested loop's inner side, or by a sub-select."""
    if often and node["Node Type"] == "Seq Scan" and node["Relation Name"] not in SMALL:
        yield node["Relation Name"]
    outer_rows = 0
    for child in node.get("Plans", ()):
        kind = child["Parent Relationship"]
        if kind == "Outer":
            outer_rows = child["Plan Rows"]
        is_inner = node["Node Type"] == "Nested Loop" and kind == "Inner" and outer_rows >= MANY
        is_asked = kind == "SubPlan" and node["Plan Rows"] >= MANY
        kept = child["Node Type"] in {"Materialize", "Memoize"} or child.get("Subplan Name") in once
        # An InitPlan, such as a CTE, is read before the rest.
        yield from read_anew(child, once, often=(often or is_inner or is_asked) and not kept and kind != "InitPlan")
