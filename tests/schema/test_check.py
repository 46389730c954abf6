"""The check as the job runs it: what each action does, and what it leaves behind."""

import psycopg2
import pytest
from psycopg2.extensions import make_dsn
from sqlalchemy.engine import Engine

from sandbox.postgres import Postgres
from schema import LATEST, PIN, Verdict, render, transactions
from schema.errors import NotLobeChatError, OutdatedError, SchemaError, TargetError, TemporaryError
from schema.journal import entries
from schema.structure import Structure, differences, snapshot, structure_at
from schema.transactions import reading
from tests.support.schema_databases import DatabaseAt, engine_for, fetch, look_at, run_check, run_script, run_sql

NEWEST = "SELECT max(created_at) FROM drizzle.__drizzle_migrations"
JOURNAL = "SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id"
NEWER = "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', 4102444800000)"


def structure(engine: Engine) -> Structure:
    with reading(engine, "the test") as connection:
        return snapshot(connection)


def test_what_is_dropped_while_the_check_looks_is_missing(empty: Engine) -> None:
    """PostgreSQL has no definition any more of what it still lists."""
    run_sql(empty, "CREATE TABLE t (id int PRIMARY KEY)", "CREATE INDEX t_id ON t (id)")
    with reading(empty, "the test") as connection:
        snapshot(connection)  # it lists both from here on
        run_sql(empty, "DROP INDEX t_id")
        found = snapshot(connection).tables["t"]
    assert found["indexes"] == {"t_id": None}


def stands_at(engine: Engine, revision: str) -> bool:
    return fetch(engine, NEWEST) == [(entries()[revision].created_at,)] and not differences(
        structure_at(revision), structure(engine)
    )


@pytest.mark.parametrize(("revision", "verdict"), [("0060", Verdict.READY), (PIN, Verdict.CURRENT)])
def test_check_accepts_what_the_job_can_write_to(database_at: DatabaseAt, revision: str, verdict: Verdict) -> None:
    engine = database_at(revision)
    assert run_check(engine, action="check").verdict is verdict
    assert stands_at(engine, revision)


@pytest.mark.parametrize(
    ("revision", "changes", "error", "message"),
    [
        ("0040", (), OutdatedError, "at revision 0040; the job needs 0060"),
        (None, (), NotLobeChatError, "is empty"),
        (None, ("CREATE TABLE users (id int)",), NotLobeChatError, "not LobeChat's tables"),
        ("0040", ("DROP SCHEMA drizzle CASCADE",), OutdatedError, "at revision 0040"),
        (PIN, ("DROP SCHEMA drizzle CASCADE", "DROP TABLE passkey"), NotLobeChatError, "table passkey is missing"),
        (PIN, (NEWER, "ALTER TABLE users ADD tenant int NOT NULL"), NotLobeChatError, "users.tenant is new"),
        (PIN, ("ALTER TABLE users DROP COLUMN role",), NotLobeChatError, "users.role is missing"),
    ],
)
def test_check_refuses_the_rest_and_writes_nothing(
    database_at: DatabaseAt, revision: str | None, changes: tuple[str, ...], error: type[SchemaError], message: str
) -> None:
    engine = database_at(revision)
    run_sql(engine, *changes)
    before = structure(engine)
    with pytest.raises(error, match=message) as caught:
        run_check(engine, action="check")
    assert caught.value.hint
    assert structure(engine) == before


def test_check_can_be_done_by_a_role_that_may_only_read(database_at: DatabaseAt, server: Postgres) -> None:
    engine = database_at(PIN)
    read_only = engine_for(server, str(engine.url.database), options="-c default_transaction_read_only=on")
    assert run_check(read_only, action="check").usable


def test_an_unrecorded_database_that_is_recent_enough_is_accepted_as_it_is(database_at: DatabaseAt) -> None:
    engine = database_at(PIN)
    run_sql(engine, "DROP SCHEMA drizzle CASCADE")
    assert run_check(engine, action="check").verdict is Verdict.UNRECORDED
    assert fetch(engine, "SELECT to_regnamespace('drizzle')") == [(None,)]


@pytest.mark.parametrize(("target", "revision"), [(PIN, PIN), ("ready", "0060"), ("0049", "0049"), ("1.143.3", "0040")])
def test_upgrade_goes_to_the_target(database_at: DatabaseAt, target: str, revision: str) -> None:
    engine = database_at("0037")
    state = run_check(engine, action="upgrade", target=target)
    assert stands_at(engine, revision)
    assert (state.before, state.revision, state.plan) == ("0037", revision, ())
    assert state.usable == (revision >= "0060")


def test_upgrade_of_an_unrecorded_database_writes_the_whole_journal(database_at: DatabaseAt) -> None:
    engine = database_at("0040")
    run_sql(engine, "DROP SCHEMA drizzle CASCADE")
    run_check(engine, action="upgrade")
    assert fetch(engine, JOURNAL) == fetch(database_at(PIN), JOURNAL)


def test_upgrade_of_a_newer_database_does_nothing(database_at: DatabaseAt) -> None:
    engine = database_at(PIN)
    run_sql(engine, NEWER)
    before = structure(engine)
    assert run_check(engine, action="upgrade").verdict is Verdict.AHEAD
    assert structure(engine) == before


def test_upgrade_does_not_fill_an_empty_database(empty: Engine) -> None:
    with pytest.raises(NotLobeChatError, match="empty"):
        run_check(empty, action="upgrade")
    assert structure(empty).tables == {}


def test_create_fills_an_empty_database(empty: Engine) -> None:
    state = run_check(empty, action="create", target="0040")
    assert (state.verdict, state.revision) == (Verdict.OUTDATED, "0040")
    assert stands_at(empty, "0040")


def test_create_leaves_a_foreign_database_alone(empty: Engine) -> None:
    run_sql(empty, "CREATE TABLE posts (id int)")
    with pytest.raises(NotLobeChatError, match="not LobeChat's tables"):
        run_check(empty, action="create")
    assert list(structure(empty).tables) == ["posts"]


@pytest.mark.parametrize("action", ["check", "upgrade"])
def test_a_target_older_than_the_database_is_refused(database_at: DatabaseAt, action: str) -> None:
    engine = database_at("0061")
    with pytest.raises(TargetError, match="older than the database"):
        run_check(engine, action=action, target="0060")  # type: ignore[arg-type]
    assert run_check(engine, action=action, target="ready").verdict is Verdict.CURRENT  # type: ignore[arg-type]


def test_looking_writes_nothing_and_the_script_does_what_apply_would(database_at: DatabaseAt) -> None:
    engine = database_at("0072")
    state = look_at(engine, action="upgrade")
    assert stands_at(engine, "0072")
    assert state.plan == ("0073", "0074", "0075")
    run_script(engine, render(state))
    assert stands_at(engine, PIN)


def test_the_script_can_lead_from_nothing_to_the_latest_revision(empty: Engine) -> None:
    run_script(empty, render(look_at(empty, action="create", target="latest", pg_search="skip")))
    assert stands_at(empty, LATEST)
    assert fetch(empty, "SELECT count(*) FROM rbac_permissions") == [(8,)]


def test_the_script_records_an_unrecorded_database(database_at: DatabaseAt) -> None:
    engine = database_at("0073")
    run_sql(engine, "DROP SCHEMA drizzle CASCADE")
    run_script(engine, render(look_at(engine, action="upgrade")))
    assert fetch(engine, JOURNAL) == fetch(database_at(PIN), JOURNAL)


def test_a_run_that_was_stopped_between_two_revisions_goes_on(database_at: DatabaseAt) -> None:
    engine = database_at("0060")
    seen = []

    def stop_at_the_third() -> None:
        seen.append("")
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_check(engine, action="upgrade", check_stop=stop_at_the_third)
    assert stands_at(engine, "0062")
    run_check(engine, action="upgrade")
    assert stands_at(engine, PIN)


def test_a_busy_table_is_given_up_as_temporary(
    database_at: DatabaseAt, server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "LIMITS", "SET LOCAL lock_timeout = '100ms'")
    engine = database_at("0062")
    busy = psycopg2.connect(make_dsn(server.socket_url(str(engine.url.database))))
    busy.cursor().execute("SELECT count(*) FROM threads")
    with pytest.raises(TemporaryError, match="revision 0063 failed"):
        run_check(engine, action="upgrade")
    busy.close()
    assert stands_at(engine, "0062")
    run_check(engine, action="upgrade")
    assert stands_at(engine, PIN)


def test_another_migrator_at_the_same_time_is_noticed(database_at: DatabaseAt) -> None:
    engine = database_at("0060")

    def meanwhile() -> None:
        run_sql(engine, f"INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', {moved})")

    moved = entries()["0061"].created_at
    with pytest.raises(TemporaryError, match="another migrator"):
        run_check(engine, action="upgrade", check_stop=meanwhile)
    assert fetch(engine, NEWEST) == [(moved,)]


def test_no_error_holds_a_value_from_the_database(database_at: DatabaseAt) -> None:
    engine = database_at("0039")
    run_sql(
        engine,
        "INSERT INTO user_memories_identities (id, relationship) VALUES ('i', repeat('secret', 100))",
    )
    with pytest.raises(NotLobeChatError, match=r"revision 0040 failed \(SQLSTATE 22001 ") as caught:
        run_check(engine, action="upgrade")
    assert "secret" not in repr((caught.value.args, caught.value.details, caught.value.hint))
    assert caught.value.__suppress_context__
    assert stands_at(engine, "0039")
