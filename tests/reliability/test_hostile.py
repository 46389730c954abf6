"""Nothing that another role puts into `public` is ever called, whatever it is named like."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

import job as package
from sandbox.postgres import Postgres
from tests.support.job import TABLES, Job, with_user

ROLE = "intruder"
HOSTILE = Path(__file__).with_name("hostile.sql").read_text(encoding="utf-8")
SOURCES = [path for path in Path(package.__file__).parent.rglob("*") if path.suffix in {".sql", ".py"}]


def called_names() -> list[str]:
    """Whatever stands before a parenthesis in the job's statements: functions, and some words that are none."""
    return sorted({name for path in SOURCES for name in re.findall(r"\b([a-z_0-9]+) ?\(", path.read_text())})


@pytest.fixture
def trapped(job: Job, server: Postgres) -> Iterator[Job]:
    """The job on a database in whose `public` another role has laid traps."""
    database = urlsplit(job.url).path[1:]
    server.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD 'x'")
    server.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {ROLE}", database)
    with (
        closing(psycopg2.connect(with_user(job.url, ROLE, "x"))) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(HOSTILE, {"names": called_names()})
    yield job
    server.execute(f"DROP OWNED BY {ROLE} CASCADE", database)
    server.execute(f"DROP ROLE {ROLE}")


@pytest.mark.parametrize("statement", ["SELECT convert_to('x'::text, 'UTF8'::text)", "SELECT to_jsonb(u) FROM users u"])
def test_the_traps_catch_whoever_looks_into_public(trapped: Job, statement: str) -> None:
    with pytest.raises(psycopg2.errors.RaiseException, match="hostile function"):
        trapped.sql(statement)


def test_no_function_operator_or_type_of_another_role_is_called(trapped: Job) -> None:
    """The whole job, with the guard, the ledger and the way back; also where it finds something to keep."""
    before = trapped.rows(*TABLES)
    assert trapped.run(DRY_RUN="1") == 0
    assert trapped.run() == 0
    assert trapped.run() == 0
    assert trapped.run(STAGES="rollback", DRY_RUN="1") == 0
    assert trapped.run(STAGES="rollback") == 0
    assert trapped.rows(*TABLES) == before
    assert trapped.run(STAGES="check,migrate,verify", PATH="simple") == 0
    assert trapped.run(STAGES="cleanup") == 0
