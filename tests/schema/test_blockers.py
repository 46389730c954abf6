"""What would break an upgrade half-way is found before anything is changed."""

import pytest
from sqlalchemy.engine import Engine

from sandbox.postgres import Postgres
from schema import blockers, render
from schema.errors import DuplicatesError, SchemaError, UnsuitableDatabaseError
from tests.support.schema_databases import (
    DatabaseAt,
    engine_for,
    fetch,
    give_tables,
    look_at,
    run_check,
    run_script,
    run_sql,
)

JOURNAL = "SELECT count(*) FROM drizzle.__drizzle_migrations"


def refused(engine: Engine, error: type[SchemaError], *, target: str = "0075") -> SchemaError:
    before = fetch(engine, JOURNAL)
    with pytest.raises(error) as dry:
        run_check(engine, action="upgrade", target=target, dry_run=True)
    with pytest.raises(error) as real:
        run_check(engine, action="upgrade", target=target)
    assert fetch(engine, JOURNAL) == before
    assert (dry.value.message, dry.value.details) == (real.value.message, real.value.details)
    return real.value


@pytest.mark.parametrize(
    ("column", "values", "clashes"),
    [
        ("email", ["a@x.de", "a@x.de", "b@x.de"], ["users u0, u1 have the same email"]),
        ("email", ["a@x.de", "A@x.de ", None, None, "", ""], ["users u0, u1 have emails that differ only in case"]),
        ("email", ["b@x.de"] * 23, ["users u0, u1, u10, u11"]),
        ("phone", ["+49", "+49"], ["users u0, u1 have the same phone"]),
        ("phone", ["+49", " +49"], ["users u0, u1 have phones that differ only in blanks"]),
        ("phone", ["", "", None], ["users u0, u1 have the same phone"]),
    ],
)
def test_two_users_with_one_email_or_phone(
    database_at: DatabaseAt, column: str, values: list[str | None], clashes: list[str]
) -> None:
    engine = database_at("0040")
    with engine.begin() as connection:
        for number, value in enumerate(values):
            connection.exec_driver_sql(f"INSERT INTO users (id, {column}) VALUES (%s, %s)", (f"u{number}", value))
    error = refused(engine, DuplicatesError)
    assert len(error.details) == len(clashes)
    for line, start in zip(error.details, clashes, strict=True):
        assert line.startswith(start)
    assert "x.de" not in f"{error.message}{error.hint}{error.details}"
    assert "+49" not in f"{error.message}{error.hint}{error.details}"


def test_duplicates_do_not_matter_before_the_revision_that_forbids_them(database_at: DatabaseAt) -> None:
    engine = database_at("0052")
    run_sql(engine, "INSERT INTO users (id, email, phone) VALUES ('a', 'a@x.de', '1'), ('b', 'a@x.de', '1')")
    run_check(engine, action="upgrade", target="0053")
    assert len(refused(engine, DuplicatesError, target="0054").details) == 1
    assert len(refused(engine, DuplicatesError, target="0055").details) == 2


def test_a_role_of_a_message_that_is_too_long_is_named_by_its_row(database_at: DatabaseAt) -> None:
    engine = database_at("0033")
    run_sql(
        engine,
        "INSERT INTO users (id) VALUES ('a')",
        """INSERT INTO messages (id, user_id, role) SELECT 'm' || lpad(n::text, 2, '0'), 'a', repeat('secret', 43)
           FROM generate_series(1, 23) n""",
        "INSERT INTO messages (id, user_id, role) VALUES ('fits', 'a', repeat('r', 255))",
    )
    (detail,) = refused(engine, UnsuitableDatabaseError).details
    assert "messages m01, m02" in detail
    assert detail.endswith("m20 and 3 more")
    assert "fits" not in detail
    assert "secret" not in detail


@pytest.fixture
def role(server: Postgres) -> str:
    """A role that may log in and nothing else."""
    server.execute("DO $$ BEGIN IF to_regrole('visitor') IS NULL THEN CREATE ROLE visitor LOGIN; END IF; END $$")
    return "visitor"


def as_role(server: Postgres, engine: Engine, role: str) -> Engine:
    return engine_for(server, str(engine.url.database), user=role)


def test_a_role_without_privileges_is_told_each_one(database_at: DatabaseAt, server: Postgres, role: str) -> None:
    engine = database_at("0040")
    run_sql(
        engine,
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",  # up to PostgreSQL 14 everybody may
        "GRANT USAGE ON SCHEMA drizzle TO visitor",
        "GRANT SELECT ON ALL TABLES IN SCHEMA drizzle TO visitor",
    )
    with pytest.raises(UnsuitableDatabaseError) as caught:
        run_check(as_role(server, engine, role), action="upgrade")
    lacking = "\n".join(caught.value.details)
    assert "may not create tables" in lacking
    assert "does not own" in lacking
    assert "may not write LobeChat's journal" in lacking
    assert fetch(engine, JOURNAL) == [(41,)]


def test_a_role_that_may_not_even_read_the_journal_is_refused(
    database_at: DatabaseAt, server: Postgres, role: str
) -> None:
    engine = as_role(server, database_at("0040"), role)
    with pytest.raises(UnsuitableDatabaseError, match="lacks a privilege"):
        run_check(engine, action="check")


def test_a_role_that_may_not_create_the_extension_is_refused(empty: Engine, server: Postgres, role: str) -> None:
    run_sql(empty, "GRANT CREATE ON SCHEMA public TO visitor")
    with pytest.raises(UnsuitableDatabaseError) as caught:
        run_check(as_role(server, empty, role), action="create")
    lacking = "\n".join(caught.value.details)
    assert "may not create the schema drizzle" in lacking
    assert "CREATE EXTENSION vector" in lacking
    assert fetch(empty, "SELECT to_regnamespace('drizzle')") == [(None,)]


def test_an_owner_without_superuser_rights_can_upgrade(empty: Engine, server: Postgres, role: str) -> None:
    run_sql(
        empty,
        "CREATE EXTENSION vector",
        f"GRANT CREATE ON DATABASE {empty.url.database} TO visitor",
        "GRANT CREATE ON SCHEMA public TO visitor",
    )
    assert run_check(as_role(server, empty, role), action="create", target="0037").revision == "0037"


def test_an_owner_who_may_create_no_schema_can_upgrade_and_run_the_script(
    database_at: DatabaseAt, server: Postgres, role: str
) -> None:
    engines = []
    for _ in range(2):
        engine = database_at("0073")
        give_tables(engine, role)
        run_sql(
            engine,
            "GRANT CREATE ON SCHEMA public TO visitor",
            "GRANT USAGE ON SCHEMA drizzle TO visitor",
            "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA drizzle TO visitor",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA drizzle TO visitor",
        )
        engines.append(as_role(server, engine, role))
    run_script(engines[0], render(look_at(engines[0], action="upgrade")))
    assert run_check(engines[0], action="check").revision == "0075"
    assert run_check(engines[1], action="upgrade").revision == "0075"


def test_a_read_only_server_is_refused(database_at: DatabaseAt, server: Postgres) -> None:
    engine = database_at("0040")
    read_only = engine_for(server, str(engine.url.database), options="-c default_transaction_read_only=on")
    error = refused(read_only, UnsuitableDatabaseError)
    assert "default_transaction_read_only is on" in error.message
    assert "replica" not in f"{error.message} {error.hint}"
    assert run_check(read_only, action="upgrade", target="0040", dry_run=True).revision == "0040"


def test_a_server_without_pgvector_is_refused(database_at: DatabaseAt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blockers, "EXTENSION", blockers.EXTENSION + " AND false")
    assert "pgvector is missing" in refused(database_at("0004"), UnsuitableDatabaseError).message


def test_a_pgvector_without_hnsw_is_refused(database_at: DatabaseAt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blockers, "HNSW_SINCE", (999, 0))
    assert "is too old" in refused(database_at("0036"), UnsuitableDatabaseError).message


def test_without_pgvector_the_revisions_before_it_still_run(empty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blockers, "EXTENSION", blockers.EXTENSION + " AND false")
    assert run_check(empty, action="create", target="0004").revision == "0004"
    assert fetch(empty, "SELECT extname FROM pg_extension WHERE extname = 'vector'") == []
