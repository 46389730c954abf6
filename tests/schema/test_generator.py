"""The generator: LobeChat's next migrations, 0131 to 0140, made from facts in a copy of the package."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

import schema
from sandbox.postgres import Postgres
from schema import LATEST
from schema.generator.code import UnknownFormError, type_code
from schema.generator.facts import changes, write_revision
from schema.generator.revision import revision_text
from schema.structure import EMPTY, delta, differences, snapshot, structure_at
from schema.transactions import reading
from tests.support.schema_databases import DatabaseAt, fetch, run_sql

FACTS = Path(__file__).parent / "facts"  # as a migration of LobeChat left the catalog
NEXT = [f"{number:04d}" for number in range(131, 141)]
RUN = """
import sys
import psycopg2, sqlalchemy as sa
from sqlalchemy.pool import NullPool
import schema
from schema.structure import snapshot, differences, structure_at
from schema.transactions import reading
assert schema.__file__.startswith(sys.argv[2]), schema.__file__
engine = sa.create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(sys.argv[1]), poolclass=NullPool)
compared = []
def compare(revision):
    with reading(engine, "the test") as connection:
        found = differences(structure_at(revision), snapshot(connection))
    assert not found, (revision, [str(item) for item in found])
    compared.append(revision)
with reading(engine, "the test") as connection:
    state = schema.look(connection, action="upgrade", target="latest")
state = schema.apply(engine, state, on_revision=compare)
assert compared == sys.argv[3:], compared
print(state.revision)
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, to which revisions can be added."""
    copy = tmp_path / "schema"
    shutil.copytree(Path(schema.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def facts(revision: str) -> Path:
    (file,) = FACTS.glob(f"{revision}_*.json")
    return file


def test_the_next_ten_migrations_become_revisions_without_a_hand(
    package: Path, database_at: DatabaseAt, server: Postgres
) -> None:
    for revision in NEXT:
        write_revision(json.loads(facts(revision).read_text()), package)
    engine = database_at(LATEST)
    done = subprocess.run(
        [sys.executable, "-c", RUN, server.socket_url(str(engine.url.database)), str(package.parent), *NEXT],
        cwd=package.parent,
        env={"PYTHONPATH": str(package.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines()[-1] == "0140"
    newest = json.loads((package / "journal.json").read_text())["entries"]
    expected = next(entry for entry in newest if entry["revision"] == "0140")
    row = "SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id DESC LIMIT 1"
    assert fetch(engine, row) == [(expected["hash"], expected["created_at"])]


def test_what_was_shipped_is_what_the_generator_writes_where_no_hand_was_needed(package: Path) -> None:
    by_hand = {"0079", "0090", "0093", "0111", "0117", "0122", "0127"}
    folder = package / "versions"
    before = {file.name: file.read_text() for file in folder.glob("*.py")}
    for revision in [name for name in schema.structure.known_revisions() if name > "0075" and name not in by_hand]:
        write_revision(delta(revision), package)
    ruff = [sys.executable, "-m", "ruff"]
    root = Path(__file__).parents[2]
    config = ("--config", str(root / "pyproject.toml"))
    subprocess.run([*ruff, "check", "--fix", "--quiet", "--select", "I", *config, folder], check=True)
    subprocess.run([*ruff, "format", "--quiet", *config, folder], check=True)
    assert {file.name: file.read_text() for file in folder.glob("*.py")} == before


def test_facts_come_from_a_database_before_and_after_a_migration(database_at: DatabaseAt) -> None:
    """What 0076 … 0089 changed, found again by comparing two databases, but for renamed columns."""
    for revision in ("0077", "0085", "0088"):
        before, after = structure_at(f"{int(revision) - 1:04d}"), structure_at(revision)
        known = {name: value for name, value in delta(revision).items() if name.endswith(("tables", "extensions"))}
        assert changes(before, after) == known
    engine = database_at("0089")
    with reading(engine, "the test") as connection:
        before = snapshot(connection)
    run_sql(
        engine,
        "CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id text REFERENCES users(id))",
        "ALTER TABLE topics ADD COLUMN note text DEFAULT 'it''s: new', DROP COLUMN favorite",
        "CREATE UNIQUE INDEX topics_note ON topics (lower(note)) WHERE note <> ''",
        "ALTER TABLE topics SET (fillfactor = 80)",
    )
    check_round_trip(engine, before)


def check_round_trip(engine: Engine, before: schema.structure.Structure) -> None:
    with reading(engine, "the test") as connection:
        after = snapshot(connection)
    found = changes(before, after)
    assert differences(schema.structure.fold(before, found), after) == []
    text = revision_text({"revision": "0090", "tag": "0090_notes", **found}, before, "0089")
    for expected in (
        "op.create_table('notes'",
        "op.drop_column('topics', 'favorite')",
        'server_default="it\'s: new"',
        "postgresql_where=sa.text(\"note <> ''\")",
        "[sa.text('lower(note)')]",
        "unique=True",
        "SET (fillfactor=80)",
    ):
        assert expected in text
    compile(text, "0090_notes.py", "exec")


def test_the_commands_lead_from_two_databases_to_a_revision(
    database_at: DatabaseAt, server: Postgres, tmp_path: Path
) -> None:
    engine = database_at("0089")
    url = server.socket_url(str(engine.url.database))

    def command(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "schema.generator", *arguments], capture_output=True, text=True, check=True
        )
        return done.stdout

    (tmp_path / "before.json").write_text(command("snapshot", url))
    run_sql(engine, "ALTER TABLE users ADD COLUMN nickname text")
    (tmp_path / "after.json").write_text(command("snapshot", url))
    names = (str(tmp_path / "before.json"), str(tmp_path / "after.json"))
    made = json.loads(command("compare", *names, "0176_add_nickname", "1791107994632", "ab" * 32))
    assert made == {
        "revision": "0176",
        "tag": "0176_add_nickname",
        "journal_created_at": 1791107994632,
        "hash": "ab" * 32,
        "alter_tables": {"users": {"add_columns": {"nickname": {"type": "text", "nullable": True}}}},
    }


def test_a_form_that_is_not_known_is_refused() -> None:
    with pytest.raises(UnknownFormError, match="tsvector"):
        type_code("tsvector")
    table = {"columns": {}, "constraints": {"x": "EXCLUDE USING gist (a WITH =)"}, "indexes": {}, "options": []}
    with pytest.raises(UnknownFormError, match="EXCLUDE"):
        revision_text({"revision": "0131", "tag": "0131_x", "create_tables": {"t": table}}, EMPTY, "0130")
