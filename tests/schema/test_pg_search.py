"""The way past ParadeDB's pg_search, which LobeChat's migrations 0090 and 0093 need and plain PostgreSQL lacks.

Where the extension is to be at hand, a stand-in of that name is: its access method is a B-tree.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from sandbox.postgres import Postgres
from schema import LATEST, Verdict, render
from schema.errors import NotLobeChatError, UnsuitableDatabaseError
from schema.journal import entries
from schema.structure import delta, differences, snapshot, structure_at
from schema.transactions import reading
from schema.upgrade import render_sql
from tests.support.schema_databases import DatabaseAt, engine_for, fetch, run_check, run_script, run_sql, upgrade

JOURNAL = "SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id"
INSTALLED = "SELECT extname FROM pg_extension WHERE extname = 'pg_search'"
BM25 = """
    SELECT c.relname FROM pg_class c JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'bm25' ORDER BY 1"""
EMPTY_CONTROL = "default_version = '{version}'\nsuperuser = true\n"
OWN_SCHEMA_CONTROL = EMPTY_CONTROL + "schema = 'paradedb'\nrelocatable = false\n"
STAND_IN = """
CREATE ACCESS METHOD bm25 TYPE INDEX HANDLER pg_catalog.bthandler;
CREATE OPERATOR CLASS text_bm25 DEFAULT FOR TYPE text USING bm25 AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 bttextcmp(text, text);
CREATE OPERATOR CLASS uuid_bm25 DEFAULT FOR TYPE uuid USING bm25 AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 uuid_cmp(uuid, uuid);
CREATE OPERATOR CLASS jsonb_bm25 DEFAULT FOR TYPE jsonb USING bm25 AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 jsonb_cmp(jsonb, jsonb);
"""


def row(revision: str) -> tuple[str, int]:
    entry = entries()[revision]
    return entry.hash, entry.created_at


@pytest.mark.parametrize(
    ("start", "target"), [("0089", "0090"), ("0089", "latest"), ("0091", "0093"), ("0040", "0093")]
)
def test_without_the_extension_a_target_that_needs_it_is_refused_before_anything_is_written(
    database_at: DatabaseAt, start: str, target: str
) -> None:
    engine = database_at(start)
    before = fetch(engine, JOURNAL)
    for dry_run in (True, False):
        with pytest.raises(UnsuitableDatabaseError, match="needs ParadeDB's extension pg_search") as caught:
            run_check(engine, action="upgrade", target=target, dry_run=dry_run)
        for way in ("ParadeDB's image", "CLERK_TO_BETTERAUTH_PG_SEARCH=skip", "pg_like", "up to 0089"):
            assert way in caught.value.message
    assert fetch(engine, JOURNAL) == before


def test_targets_that_need_no_extension_are_not_refused(database_at: DatabaseAt) -> None:
    assert run_check(database_at("0088"), action="upgrade", target="0089").revision == "0089"
    assert run_check(database_at("0093"), action="upgrade", target="0094").revision == "0094"


def test_skipped_revisions_are_recorded_with_lobechats_hashes_and_nothing_of_them_is_made(
    database_at: DatabaseAt,
) -> None:
    engine = database_at("0089")
    state = run_check(engine, action="upgrade", target="0093", pg_search="skip")
    assert (state.verdict, state.revision, state.recorded) == (Verdict.CURRENT, "0093", ("0090", "0093"))
    assert fetch(engine, JOURNAL)[-4:] == [row("0090"), row("0091"), row("0092"), row("0093")]
    assert fetch(engine, INSTALLED) == []
    assert fetch(engine, "SELECT to_regclass('public.agent_documents') IS NOT NULL") == [(True,)]
    again = run_check(engine, action="upgrade", target="latest")
    assert (again.revision, again.recorded) == (LATEST, ())


def test_looking_names_what_would_be_recorded_and_the_script_records_it(database_at: DatabaseAt) -> None:
    engine = database_at("0089")
    state = run_check(engine, action="upgrade", target="0093", pg_search="skip", dry_run=True)
    assert (state.plan, state.recorded) == (("0090", "0091", "0092", "0093"), ("0090", "0093"))
    assert fetch(engine, JOURNAL)[-1] == row("0089")
    script = render(state)
    assert "pg_search" not in script.replace("0090_enable_pg_search", "")
    run_script(engine, script)
    assert fetch(engine, JOURNAL)[-4:] == [row("0090"), row("0091"), row("0092"), row("0093")]


def test_skipping_means_nothing_below_the_revisions_it_is_about(database_at: DatabaseAt) -> None:
    assert run_check(database_at("0060"), action="upgrade", pg_search="skip").recorded == ()


@pytest.mark.parametrize("revision", ["0090", "0093", "0100", LATEST])
def test_a_database_that_went_past_them_is_recognised_without_its_journal(
    database_at: DatabaseAt, revision: str
) -> None:
    engine = database_at(revision)
    run_sql(engine, "DROP SCHEMA drizzle CASCADE")
    state = run_check(engine, action="check")
    expected = {"0090": "0089", "0093": "0092"}.get(revision, revision)  # of two that look alike, the older
    assert (state.verdict, state.revision, state.differences) == (Verdict.UNRECORDED, expected, ())


StandIn = Callable[[str, str], Engine]


@pytest.fixture(scope="module")
def template_18(server_18: Postgres) -> str:
    """A database at 0089 on PostgreSQL 18, which looks for extensions in more folders than its own."""
    name = server_18.create_database()
    upgrade(engine_for(server_18, name), None, "0089")
    return name


@pytest.fixture
def with_stand_in(server_18: Postgres, template_18: str) -> Iterator[StandIn]:
    """Make a database at 0089 on a server that has the stand-in, with its control file and of a version."""
    with TemporaryDirectory() as folder:
        extensions = Path(folder, "extension")
        extensions.mkdir(mode=0o755)
        Path(folder).chmod(0o755)

        def make(control: str, version: str) -> Engine:
            (extensions / "pg_search.control").write_text(control.format(version=version))
            (extensions / f"pg_search--{version}.sql").write_text(STAND_IN)
            name = server_18.create_database(template_18)
            server_18.execute(f"ALTER DATABASE \"{name}\" SET extension_control_path = '{folder}:$system'")
            return engine_for(server_18, name)

        yield make


@pytest.mark.parametrize(
    ("control", "schema"), [(EMPTY_CONTROL, "public"), (OWN_SCHEMA_CONTROL, "paradedb")], ids=["public", "its own"]
)
def test_where_the_extension_is_at_hand_it_is_created(with_stand_in: StandIn, control: str, schema: str) -> None:
    engine = with_stand_in(control, "0.22.1")
    state = run_check(engine, action="upgrade", target="0090")
    assert (state.revision, state.recorded) == ("0090", ())
    assert fetch(engine, "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'pg_search'") == [
        (schema,)
    ]


def test_where_the_extension_is_at_hand_the_indexes_are_made(with_stand_in: StandIn) -> None:
    engine = with_stand_in(OWN_SCHEMA_CONTROL, "0.22.1")
    with pytest.raises(NotLobeChatError, match=r"revision 0093 failed \(SQLSTATE 22023 "):
        run_check(engine, action="upgrade", target="0093")  # a B-tree has no option key_field
    assert (fetch(engine, JOURNAL)[-1], fetch(engine, BM25)) == (row("0092"), [])
    sa.event.listen(engine, "before_cursor_execute", _without_options, retval=True)
    assert run_check(engine, action="upgrade", target="0093").revision == "0093"
    made = {name for change in delta("0093")["alter_tables"].values() for name in change["add_indexes"]}
    assert {name for (name,) in fetch(engine, BM25)} == made
    assert len(made) == 14
    with reading(engine, "the test") as connection:
        found = snapshot(connection)
    assert differences(structure_at("0093"), found) == []
    wanted = structure_at("0093").tables
    for table in delta("0093")["alter_tables"]:
        assert wanted[table]["indexes"][f"{table}_bm25_idx"] == found.tables[table]["indexes"][f"{table}_bm25_idx"]


def _without_options(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> tuple[str, Any]:
    return re.sub(r"(USING bm25 \([^)]*\)) WITH \(.*\)", r"\1", statement), parameters


def test_the_options_of_each_index_are_lobechats() -> None:
    script = render_sql(["0093"])
    for table, change in delta("0093")["alter_tables"].items():
        for name, options in change["bm25_options"].items():
            (written,) = re.findall(rf"{name} ON public\.{table} USING bm25 \([^)]*\) WITH \((.*)\);", script)
            found = dict(re.findall(r"(\w+) = '([^']*)'", written))
            assert found.pop("key_field") == options["key_field"]
            assert {key: json.loads(value) for key, value in found.items()} == {
                key: value for key, value in options.items() if key != "key_field"
            }


def test_a_version_that_must_be_preloaded_and_is_not_is_refused(with_stand_in: StandIn) -> None:
    engine = with_stand_in(OWN_SCHEMA_CONTROL, "0.23.0")
    with pytest.raises(UnsuitableDatabaseError, match="shared_preload_libraries"):
        run_check(engine, action="upgrade", target="0090")
    assert fetch(engine, INSTALLED) == []


def test_a_role_that_may_not_create_the_extension_is_told_who_may(with_stand_in: StandIn, server_18: Postgres) -> None:
    engine = with_stand_in(OWN_SCHEMA_CONTROL, "0.22.1")
    server_18.execute("DO $$ BEGIN IF to_regrole('owner_18') IS NULL THEN CREATE ROLE owner_18 LOGIN; END IF; END $$")
    run_sql(
        engine,
        "GRANT CREATE ON SCHEMA public TO owner_18",
        "GRANT ALL ON SCHEMA drizzle TO owner_18",
        "GRANT ALL ON ALL TABLES IN SCHEMA drizzle TO owner_18",
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA drizzle TO owner_18",
        """DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
           LOOP EXECUTE 'ALTER TABLE public.' || quote_ident(t) || ' OWNER TO owner_18'; END LOOP; END $$""",
    )
    with pytest.raises(UnsuitableDatabaseError, match="CREATE EXTENSION pg_search"):
        run_check(engine_for(server_18, str(engine.url.database), user="owner_18"), action="upgrade", target="0090")
