"""What the check makes of a database."""

from itertools import pairwise

import pytest
from sqlalchemy.engine import Engine

from schema import LATEST, PIN, SchemaState, Verdict, inspect
from schema.journal import entries
from schema.structure import differences, every_structure, structure_at
from schema.transactions import reading
from tests.support.schema_databases import DatabaseAt, run_sql, upgrade

NO_JOURNAL = "DROP SCHEMA drizzle CASCADE"


def verdict(engine: Engine, target: str = PIN) -> SchemaState:
    with reading(engine, "the test") as connection:
        return inspect(connection, target)


def journal_row(created_at: int) -> str:
    return f"INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('edited', {created_at})"


@pytest.mark.parametrize(
    ("revision", "target", "expected"),
    [
        ("0000", PIN, Verdict.OUTDATED),
        ("0040", PIN, Verdict.OUTDATED),
        ("0040", "0040", Verdict.OUTDATED),
        ("0059", PIN, Verdict.OUTDATED),
        ("0060", PIN, Verdict.READY),
        ("0074", PIN, Verdict.READY),
        ("0060", "0060", Verdict.CURRENT),
        ("0074", "0060", Verdict.CURRENT),
        (PIN, PIN, Verdict.CURRENT),
    ],
)
def test_the_verdict_on_a_recorded_database(
    database_at: DatabaseAt, revision: str, target: str, expected: Verdict
) -> None:
    state = verdict(database_at(revision), target)
    assert (state.verdict, state.revision, state.differences) == (expected, revision, ())
    assert state.usable == (revision >= "0060")
    assert state.plan == tuple(step for step in entries() if revision < step <= target)


def test_an_empty_database(empty: Engine) -> None:
    state = verdict(empty)
    assert (state.verdict, state.revision, state.usable) == (Verdict.EMPTY, None, False)
    assert state.plan[0] == "0000"


def test_an_empty_journal_without_tables_is_empty_too(database_at: DatabaseAt) -> None:
    engine = database_at("0000")
    run_sql(engine, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "TRUNCATE drizzle.__drizzle_migrations")
    assert verdict(engine).verdict is Verdict.EMPTY


def test_other_tables_are_foreign(empty: Engine) -> None:
    run_sql(empty, "CREATE TABLE users (id text PRIMARY KEY, email text)", "CREATE TABLE posts (id int)")
    assert verdict(empty).verdict is Verdict.FOREIGN


def test_another_applications_drizzle_journal_is_foreign(database_at: DatabaseAt) -> None:
    engine = database_at("0000")
    run_sql(engine, "DELETE FROM drizzle.__drizzle_migrations", journal_row(1700000000000))
    assert verdict(engine).verdict is Verdict.FOREIGN


def test_a_journal_that_leaves_lobechats_line_is_foreign(database_at: DatabaseAt) -> None:
    engine = database_at("0040")
    run_sql(engine, journal_row(entries()["0040"].created_at + 1))
    assert verdict(engine).verdict is Verdict.FOREIGN


def test_the_revision_is_that_of_the_newest_row_whatever_its_hash_and_place(database_at: DatabaseAt) -> None:
    engine = database_at("0061")
    run_sql(
        engine,
        "UPDATE drizzle.__drizzle_migrations SET hash = 'edited after release'",
        "DELETE FROM drizzle.__drizzle_migrations WHERE id IN (1, 30)",
        f"UPDATE drizzle.__drizzle_migrations SET id = -1 WHERE created_at = {entries()['0061'].created_at}",
    )
    assert verdict(engine).revision == "0061"


def test_an_alembic_version_table_does_not_count(database_at: DatabaseAt) -> None:
    engine = database_at("0061")
    run_sql(engine, "CREATE TABLE alembic_version (version_num text)", "INSERT INTO alembic_version VALUES ('0075')")
    state = verdict(engine)
    assert (state.revision, state.differences) == ("0061", ())


def test_a_newer_database_is_named_by_its_journal(database_at: DatabaseAt) -> None:
    engine = database_at(PIN)
    for revision in (known for known in entries() if known > LATEST):
        run_sql(engine, journal_row(entries()[revision].created_at))
        state = verdict(engine)
        assert (state.verdict, state.revision) == (Verdict.AHEAD, revision)
    assert state.revision == "0174"


def test_every_revision_is_told_from_its_neighbour_by_structure_alone() -> None:
    """But for those that change rows only, or what may be missing: of them the older is taken."""
    alike = {"0023", "0079", "0090", "0093"}
    for before, revision in pairwise(every_structure()):
        told = bool(differences(structure_at(revision), structure_at(before)))
        assert told == (revision not in alike), revision


@pytest.mark.parametrize("target", [PIN, "0048"])
def test_a_prereleases_time_stamp_is_recognised_and_carried_on(database_at: DatabaseAt, target: str) -> None:
    engine = database_at("0047")
    run_sql(
        engine,
        f"""UPDATE drizzle.__drizzle_migrations SET created_at = 1763535087148
            WHERE created_at = {entries()["0047"].created_at}""",
    )
    state = verdict(engine, target)
    assert (state.verdict, state.revision, state.differences) == (Verdict.OUTDATED, "0047", ())
    upgrade(engine, "0047", target)
    assert verdict(engine, target).revision == target


@pytest.mark.parametrize("revision", ["0000", "0022", "0040", "0060", PIN, "0076", "0089", "0105", "0118", LATEST])
def test_a_dump_without_its_journal_is_recognised_by_its_structure(database_at: DatabaseAt, revision: str) -> None:
    engine = database_at(revision)
    run_sql(engine, NO_JOURNAL)
    state = verdict(engine)
    assert (state.verdict, state.revision, state.differences) == (Verdict.UNRECORDED, revision, ())
    assert state.usable == (revision >= "0060")


def test_of_two_revisions_with_one_structure_the_older_is_taken(database_at: DatabaseAt) -> None:
    engine = database_at("0023")
    run_sql(engine, NO_JOURNAL)
    assert verdict(engine).revision == "0022"


def test_a_dump_without_its_journal_that_matches_nothing_names_the_first_difference(database_at: DatabaseAt) -> None:
    engine = database_at("0060")
    run_sql(engine, NO_JOURNAL, "ALTER TABLE users DROP COLUMN avatar")
    state = verdict(engine)
    assert (state.verdict, state.revision) == (Verdict.UNRECORDED, None)
    assert str(state.differences[0]).startswith("users.columns.avatar")


@pytest.mark.parametrize("created_at", [entries()["0076"].created_at, entries()["0130"].created_at, 4102444800000])
def test_a_newer_database_with_harmless_changes_is_accepted(database_at: DatabaseAt, created_at: int) -> None:
    engine = database_at(PIN)
    run_sql(
        engine,
        journal_row(created_at),
        "ALTER TABLE users ADD COLUMN nickname text, ADD COLUMN level int NOT NULL DEFAULT 1, DROP COLUMN interests",
        "ALTER TABLE accounts ADD COLUMN number int GENERATED ALWAYS AS IDENTITY",
        "ALTER TABLE two_factor ADD COLUMN label varchar(20)",
        "ALTER TABLE messages DROP COLUMN content",
    )
    state = verdict(engine)
    assert (state.verdict, state.usable, state.lacks) == (Verdict.AHEAD, True, ())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("ALTER TABLE users ADD COLUMN tenant text NOT NULL", "users.tenant is new, has no default and must be filled"),
        ("ALTER TABLE users ALTER ban_expires TYPE bigint USING 0", "users.ban_expires is bigint, not timestamp with"),
        ("ALTER TABLE users DROP COLUMN role", "users.role is missing"),
        ("ALTER TABLE users ALTER phone SET NOT NULL", "users.phone must not be NULL any more"),
        ("ALTER TABLE accounts ALTER scope TYPE text[] USING NULL", "accounts.scope is text[], not text"),
        ("ALTER TABLE accounts RENAME provider_id TO provider", "accounts.provider_id is missing"),
        ("ALTER TABLE two_factor ADD COLUMN verified bool NOT NULL", "two_factor.verified is new, has no default"),
        ("DROP TABLE two_factor", "table two_factor is missing"),
    ],
)
def test_a_newer_database_that_the_job_cannot_write_is_not(database_at: DatabaseAt, change: str, reason: str) -> None:
    engine = database_at(PIN)
    run_sql(engine, journal_row(4102444800000), change)
    state = verdict(engine)
    assert (state.verdict, state.usable) == (Verdict.AHEAD, False)
    assert state.lacks[0].startswith(reason)
