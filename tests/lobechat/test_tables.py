"""The columns are declared once, and LobeChat's schema, the ledger and the .sql files agree with them."""

import re
from pathlib import Path

import pytest

from job.lobechat import tables
from job.lobechat.actions import ENUMS
from job.mapping.rows import FindingCode, SignIn, SignInReason
from schema.journal import PIN
from schema.structure import structure_at
from tests.support.job import Job, user

LOBECHAT = Path(tables.__file__).parent
FILES = sorted(LOBECHAT.rglob("*.sql"))
CODE = r"'((?:conflict|password|link|email|credential|only|kept|shut|no|set|changed)_[a-z_]+)'"
LONG = {"timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone"}


@pytest.mark.parametrize("table", tables.LOBECHAT)
def test_lobechats_columns_are_those_of_its_schema(table: str) -> None:
    columns = structure_at(PIN).tables[table]["columns"]
    declared = {name: LONG.get(type_, type_) for name, type_ in tables.LOBECHAT[table].items()}
    assert declared == {name: columns[name]["type"] for name in declared}


@pytest.mark.parametrize("table", tables.LEDGER)
def test_the_ledgers_columns_are_those_that_it_is_made_with(job: Job, table: str) -> None:
    job.give([user(1)])
    assert job.run() == 0
    made = job.sql(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'clerk_to_betterauth' AND table_name = %s AND column_name <> 'entry'",
        table,
    )
    assert dict(made) == {name: LONG.get(type_, type_) for name, type_ in tables.LEDGER[table].items()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_insert_names_its_columns(path: Path) -> None:
    text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
    for table, opening in re.findall(r"INSERT INTO\s+(\S+)\s*(\(?)", text):
        assert opening == "(", f"INSERT INTO {table} without columns"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_code_in_sql_is_one_that_python_knows(path: Path) -> None:
    """PostgreSQL itself refuses a misspelt action: both are types of the session."""
    known = {*FindingCode, *SignIn, *SignInReason, *(word for words in ENUMS.values() for word in words)}
    text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
    codes = set(
        re.findall(r"'((?:conflict|password|link|email|credential|only|kept|shut|no|set|changed)_[a-z_]+)'", text)
    )
    assert codes <= known
