"""Each revision against LobeChat's own structure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from sandbox.postgres import Postgres
from schema import LATEST, PIN
from schema.journal import between, entries
from schema.structure import differences, snapshot, structure_at
from schema.transactions import transaction
from schema.upgrade import scripts
from tests.support.schema_databases import DatabaseAt, engine_for, fetch, run_sql, upgrade

ROOT = Path(__file__).parents[2]
JOURNAL = "SELECT id, hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id"


def expected_journal(last: str) -> list[tuple[object, ...]]:
    rows = [entry for revision, entry in entries().items() if revision <= last]
    return [(number, entry.hash, entry.created_at) for number, entry in enumerate(rows, 1)]


@pytest.mark.parametrize("name", ["server", "server_18"])
def test_every_revision_reproduces_lobechats_structure_and_journal(name: str, request: pytest.FixtureRequest) -> None:
    server: Postgres = request.getfixturevalue(name)
    engine = engine_for(server, server.create_database())
    with engine.connect() as connection:

        def compare(revision: str) -> None:
            with transaction(connection, "the test"):
                have = snapshot(connection)
            assert [str(item) for item in differences(structure_at(revision), have)] == []
            assert {*have.extensions} == {*structure_at(revision).extensions} - {"pg_search"}
            compared.append(revision)

        compared: list[str] = []
        upgrade(engine, None, LATEST, on_revision=compare)
    assert compared == list(between(None, LATEST))
    assert fetch(engine, JOURNAL) == expected_journal(LATEST)


def test_the_revisions_form_one_line_with_one_head() -> None:
    line = list(scripts().walk_revisions())
    assert [script.revision for script in line] == list(reversed(between(None, LATEST)))
    assert scripts().get_heads() == [LATEST] == ["0130"]


def test_each_file_is_named_after_lobechats_migration() -> None:
    for revision in between(None, LATEST):
        assert Path(scripts().get_revision(revision).path).stem == entries()[revision].tag


def test_nothing_of_alembic_stays_behind(database_at: DatabaseAt) -> None:
    tables = fetch(database_at("0004"), "SELECT relname FROM pg_class WHERE relname ~ 'alembic'")
    assert tables == []


def test_the_journal_has_lobechats_form(database_at: DatabaseAt) -> None:
    columns = fetch(
        database_at("0000"),
        """SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns
           WHERE table_schema = 'drizzle' ORDER BY ordinal_position""",
    )
    assert columns == [
        ("id", "integer", "NO", "nextval('drizzle.__drizzle_migrations_id_seq'::regclass)"),
        ("hash", "text", "NO", None),
        ("created_at", "bigint", "YES", None),
    ]


@pytest.mark.parametrize(("target", "following"), [(PIN, "0076"), (LATEST, "0131")])
def test_lobechats_migrator_goes_on_from_the_next(database_at: DatabaseAt, target: str, following: str) -> None:
    ((newest,),) = fetch(
        database_at(target), "SELECT created_at FROM drizzle.__drizzle_migrations ORDER BY created_at DESC LIMIT 1"
    )
    pending = [revision for revision, entry in entries().items() if entry.created_at > int(str(newest))]
    assert pending[0] == following


def alembic(engine: Engine, server: Postgres, *arguments: str) -> subprocess.CompletedProcess[str]:
    url = server.socket_url(str(engine.url.database))
    return subprocess.run(
        [sys.executable, "-m", "alembic", "-c", "schema/alembic.ini", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_alembics_command_line_writes_the_same(empty: Engine, server: Postgres) -> None:
    alembic(empty, server, "upgrade", "0002").check_returncode()
    with empty.begin() as connection:
        assert differences(structure_at("0002"), snapshot(connection)) == []
    assert fetch(empty, JOURNAL) == expected_journal("0002")
    assert alembic(empty, server, "current").stdout.startswith("0002")


def test_alembics_command_line_offers_no_downgrade(database_at: DatabaseAt, server: Postgres) -> None:
    engine = database_at("0001")
    done = alembic(engine, server, "downgrade", "0000")
    assert done.returncode != 0
    assert "downgrades are not offered" in done.stdout + done.stderr
    assert fetch(engine, JOURNAL) == expected_journal("0001")


def test_alembics_stamp_changes_nothing(database_at: DatabaseAt, server: Postgres) -> None:
    engine = database_at("0001")
    alembic(engine, server, "stamp", "0000")
    assert fetch(engine, JOURNAL) == expected_journal("0001")


def test_alembics_command_line_leaves_a_newer_database_alone(database_at: DatabaseAt, server: Postgres) -> None:
    engine = database_at(PIN)
    run_sql(engine, "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', 4102444800000)")
    before = fetch(engine, JOURNAL)
    assert alembic(engine, server, "upgrade", PIN).returncode != 0
    assert fetch(engine, JOURNAL) == before
