"""Databases on which another migrator was cut off inside a revision."""

import re

import pytest
from sqlalchemy.engine import Engine

from schema import PIN
from schema.errors import NotLobeChatError
from schema.structure import Structure, differences, snapshot, structure_at
from schema.transactions import reading
from schema.upgrade import render_sql
from tests.support.schema_databases import DatabaseAt, fetch, run_check, run_sql

JOURNAL = "SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id"


def structure(engine: Engine) -> Structure:
    with reading(engine, "the test") as connection:
        return snapshot(connection)


def statements(revision: str) -> list[str]:
    """The statements of one revision, without its transaction and its journal row."""
    sql = render_sql([revision])
    inside = sql.split("BEGIN;", 1)[1].rsplit("INSERT INTO drizzle", 1)[0]
    found = [part.strip() for part in re.split(r";\n\n", inside)]
    return [part for part in found if part and "search_path" not in part and "SET LOCAL" not in part]


@pytest.mark.parametrize("revision", ["0006", "0017", "0040", "0050", "0052", "0054", "0055", "0063", "0088", "0117"])
@pytest.mark.parametrize("share", [0.3, 0.7])
def test_a_revision_that_was_cut_off_is_completed(database_at: DatabaseAt, revision: str, share: float) -> None:
    engine = database_at(f"{int(revision) - 1:04d}")
    steps = statements(revision)
    run_sql(engine, *steps[: max(1, int(len(steps) * share))])
    run_check(engine, action="create", target=revision)
    assert differences(structure_at(revision), structure(engine)) == []


def test_a_revision_that_was_done_but_not_recorded_is_recorded(database_at: DatabaseAt) -> None:
    engine = database_at("0048")
    run_sql(engine, *statements("0049"))
    run_check(engine, action="create", target="0049")
    assert differences(structure_at("0049"), structure(engine)) == []


def test_tables_without_their_foreign_keys_get_them(database_at: DatabaseAt) -> None:
    engine = database_at("0053")
    run_sql(
        engine, "CREATE TABLE two_factor (backup_codes text NOT NULL, id text PRIMARY KEY, secret text NOT NULL,"
        " user_id text NOT NULL)"
    )  # fmt: skip
    run_check(engine, action="upgrade")
    assert differences(structure_at(PIN), structure(engine)) == []


@pytest.mark.parametrize(
    ("revision", "change", "first"),
    [
        ("0053", "CREATE TABLE two_factor (id text PRIMARY KEY)", "two_factor.columns.backup_codes"),
        ("0053", "ALTER TABLE users ADD COLUMN two_factor_enabled text", "users.columns.two_factor_enabled"),
        ("0058", "CREATE INDEX users_email_idx ON users (id)", "users.indexes.users_email_idx"),
        ("0062", "ALTER TABLE threads ADD COLUMN metadata jsonb", "threads.column order"),
        ("0040", "ALTER TABLE messages DROP COLUMN content", "messages.columns.content"),
        ("0040", "ALTER TABLE users DROP CONSTRAINT users_username_unique", "users.constraints.users_username_unique"),
    ],
)
def test_what_cannot_be_completed_is_refused_and_left_as_it_was(
    database_at: DatabaseAt, revision: str, change: str, first: str
) -> None:
    engine = database_at(revision)
    run_sql(engine, change)
    before, journal = structure(engine), fetch(engine, JOURNAL)
    target = f"{int(revision) + 1:04d}"
    with pytest.raises(NotLobeChatError, match=re.escape(first)):
        run_check(engine, action="create", target=target)
    assert (structure(engine), fetch(engine, JOURNAL)) == (before, journal)


def test_an_administrators_additions_do_not_stand_in_the_way(database_at: DatabaseAt) -> None:
    engine = database_at("0040")
    run_sql(
        engine,
        "CREATE INDEX mine ON messages (model)",
        "ALTER TABLE users ADD COLUMN crm_id text",
        "CREATE TABLE notes (id int)",
        "DROP INDEX messages_created_at_idx",
        "ALTER TABLE messages SET (fillfactor = 90)",
    )
    state = run_check(engine, action="upgrade")
    assert state.usable
    assert {f"{item.table}.{item.part}.{item.name}" for item in state.differences} == {
        "messages.indexes.messages_created_at_idx",
        "messages.indexes.mine",
        "messages.options.",
        "notes.table.",
        "users.columns.crm_id",
    }
