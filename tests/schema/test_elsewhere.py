"""Databases whose settings or neighbours differ: nothing of theirs may reach the upgrade."""

from collections.abc import Iterator
from itertools import product

import pytest
from sqlalchemy.engine import Engine

from sandbox.postgres import Postgres
from schema import LATEST, PIN, render
from schema.errors import SchemaError, UnsuitableDatabaseError
from schema.structure import differences, snapshot, structure_at
from schema.transactions import reading
from tests.support.schema_databases import (
    DatabaseAt,
    engine_for,
    fetch,
    give_tables,
    run_check,
    run_script,
    run_sql,
    upgrade,
)

ROWS = (
    "INSERT INTO users (id, email, username) VALUES ('anna', 'anna@example.com', 'anna'), ('bert', '', 'bert')",
    """INSERT INTO agents (id, user_id, title, params)
       VALUES ('a', 'anna', repeat('t', 201), '{"reasoning_effort": 1}')""",
    "INSERT INTO messages (id, user_id, role) VALUES ('m', 'anna', 'user')",
    "INSERT INTO message_plugins (id) VALUES ('m')",
    "INSERT INTO ai_providers (id, user_id) VALUES ('openai', 'anna')",
)
# What the check, the revisions and the comparison call, or could be made to call by a nearer match of the types.
OPERATORS = ("=", "<>", "<", "<=", ">", ">=", "||", "->", "->>", "?", "-", "~~")
TYPES = ("text", "varchar", "name", "bpchar", "int4", "int8", "oid", "bool", "jsonb", "uuid", "text[]", "name[]")
FUNCTIONS = (
    *("length", "left", "lower", "btrim", "set_config", "current_setting", "quote_ident", "jsonb_set", "count", "max"),
    *("format_type", "pg_get_expr", "pg_get_constraintdef", "pg_get_indexdef", "to_regclass", "to_regnamespace"),
    *("has_schema_privilege", "has_database_privilege", "has_table_privilege", "has_sequence_privilege"),
    *("pg_has_role", "pg_get_serial_sequence", "array_agg", "array_agg_distinct"),
)


def structure_matches(engine: Engine, revision: str) -> bool:
    with reading(engine, "the test") as connection:
        return not differences(structure_at(revision), snapshot(connection))


@pytest.fixture
def hostile(server: Postgres, hostile_template: str) -> Iterator[Engine]:
    """A database at 0016 where somebody put a function and an operator for every signature into public."""
    name = server.create_database(hostile_template)
    yield engine_for(server, name)
    server.drop_database(name)


@pytest.fixture(scope="module")
def hostile_template(server: Postgres) -> str:
    """What `hostile` copies.  Each function advances a sequence, which no roll-back takes back, and then raises."""
    template = server.create_database()
    engine = engine_for(server, template)
    upgrade(engine, None, "0016")
    run_sql(engine, *ROWS, "CREATE SEQUENCE calls")
    body = "AS $$ BEGIN PERFORM pg_catalog.nextval('public.calls'); RAISE 'called'; END $$ LANGUAGE plpgsql"
    statements = []
    for function, type_ in product(FUNCTIONS, TYPES):
        statements.append(f"CREATE FUNCTION public.{function}({type_}) RETURNS text {body}")
        statements.append(f"CREATE FUNCTION public.{function}({type_}, {type_}) RETURNS text {body}")
    for number, (left, right) in enumerate(product(TYPES, TYPES)):
        name = f"public.hostile_{number}"
        statements.append(f"CREATE FUNCTION {name}({left}, {right}) RETURNS bool {body}")
        statements += [
            f"CREATE OPERATOR public.{operator} (LEFTARG = {left}, RIGHTARG = {right}, FUNCTION = {name})"
            for operator in OPERATORS
        ]
    with engine.begin() as connection:
        connection.exec_driver_sql(";".join(statements))
    return template


def calls(engine: Engine) -> list[tuple[object, ...]]:
    return fetch(engine, "SELECT last_value, is_called FROM public.calls")


def test_the_trap_works_on_the_usual_search_path(hostile: Engine) -> None:
    with pytest.raises(Exception, match="called"), hostile.connect() as connection:
        connection.exec_driver_sql("SELECT id::varchar = username::varchar FROM users")
    assert calls(hostile) == [(1, True)]


def test_nobodys_function_or_operator_is_called(hostile: Engine) -> None:
    assert run_check(hostile, action="upgrade", target="latest", pg_search="skip").revision == LATEST
    assert calls(hostile) == [(1, False)]
    assert structure_matches(hostile, LATEST)


def test_the_script_calls_none_either(hostile: Engine) -> None:
    run_script(hostile, render(run_check(hostile, action="upgrade", dry_run=True)))
    assert calls(hostile) == [(1, False)]
    assert structure_matches(hostile, PIN)


def test_a_table_that_another_role_put_where_lobechats_will_be_is_refused(
    database_at: DatabaseAt, server: Postgres
) -> None:
    """It may carry triggers that run with the rights of whoever writes to it."""
    for role in ("intruder", "lobechat"):
        server.execute(f"DO $$ BEGIN IF to_regrole('{role}') IS NULL THEN CREATE ROLE {role} LOGIN; END IF; END $$")
    engine = database_at("0048")
    give_tables(engine, "lobechat")
    run_sql(
        engine,
        "GRANT ALL ON SCHEMA public, drizzle TO lobechat",
        "GRANT ALL ON ALL TABLES IN SCHEMA drizzle TO lobechat",
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA drizzle TO lobechat",
        "CREATE TABLE accounts (id text PRIMARY KEY)",
        "ALTER TABLE accounts OWNER TO intruder",
    )
    with pytest.raises(SchemaError, match="accounts"):
        run_check(engine_for(server, str(engine.url.database), user="lobechat"), action="upgrade")


def test_a_table_of_lobechats_form_that_another_role_owns_is_refused(database_at: DatabaseAt, server: Postgres) -> None:
    server.execute("DO $$ BEGIN IF to_regrole('intruder') IS NULL THEN CREATE ROLE intruder LOGIN; END IF; END $$")
    server.execute("DO $$ BEGIN IF to_regrole('lobechat') IS NULL THEN CREATE ROLE lobechat LOGIN; END IF; END $$")
    engine = database_at("0049")
    run_sql(
        engine,
        "DELETE FROM drizzle.__drizzle_migrations WHERE id = 50",  # as if 0049 were still to come
        """DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
           LOOP EXECUTE 'ALTER TABLE public.' || quote_ident(t) || ' OWNER TO lobechat'; END LOOP; END $$""",
        "GRANT ALL ON SCHEMA public, drizzle TO lobechat",
        "GRANT ALL ON ALL TABLES IN SCHEMA drizzle TO lobechat",
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA drizzle TO lobechat",
        "ALTER TABLE accounts OWNER TO intruder",
    )
    with pytest.raises(UnsuitableDatabaseError, match=r"does not own 1 tables \(the first: accounts\)"):
        run_check(engine_for(server, str(engine.url.database), user="lobechat"), action="upgrade")


def test_quoted_identifiers_make_no_difference(database_at: DatabaseAt, server: Postgres) -> None:
    engine = database_at("0060")
    quoting = engine_for(server, str(engine.url.database), options="-c quote_all_identifiers=on")
    state = run_check(quoting, action="check")
    assert (state.usable, state.lacks, state.differences) == (True, (), ())
    assert run_check(quoting, action="upgrade").revision == PIN


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "WIN1252"])
def test_the_encoding_that_a_client_is_given_makes_no_difference(
    database_at: DatabaseAt, server: Postgres, encoding: str
) -> None:
    """The name of a table that somebody added is told as it is."""
    engine = database_at("0074")
    run_sql(engine, 'CREATE TABLE "Zoë" (id int)')
    other = engine_for(server, str(engine.url.database), client_encoding=encoding)
    state = run_check(other, action="upgrade")
    assert (state.revision, [item.table for item in state.differences]) == (PIN, ["Zoë"])


def test_an_event_trigger_that_forbids_ddl_is_named_and_nothing_is_kept(database_at: DatabaseAt) -> None:
    engine = database_at("0074")
    run_sql(
        engine,
        "CREATE FUNCTION public.forbid() RETURNS event_trigger AS $$ BEGIN RAISE 'no'; END $$ LANGUAGE plpgsql",
        "CREATE EVENT TRIGGER no_ddl ON ddl_command_start EXECUTE FUNCTION public.forbid()",
    )
    with pytest.raises(UnsuitableDatabaseError, match="event trigger") as caught:
        run_check(engine, action="upgrade")
    assert "DISABLE" in caught.value.hint
    run_sql(engine, "ALTER EVENT TRIGGER no_ddl DISABLE")
    assert structure_matches(engine, "0074")
    assert run_check(engine, action="upgrade").revision == PIN


def test_pgvector_anywhere_makes_no_difference(empty: Engine) -> None:
    run_sql(empty, 'CREATE SCHEMA "My extensions"', 'CREATE EXTENSION vector SCHEMA "My extensions"')
    assert run_check(empty, action="create").revision == "0075"
    assert structure_matches(empty, "0075")


def test_another_vector_on_the_search_path_is_not_taken_for_pgvectors(
    database_at: DatabaseAt, server: Postgres
) -> None:
    engine = database_at("0036")
    run_sql(engine, "CREATE SCHEMA trap", "CREATE DOMAIN trap.vector AS text")
    other = engine_for(server, str(engine.url.database), options="-c search_path=trap,public")
    assert run_check(other, action="upgrade", target="0037").revision == "0037"
    assert structure_matches(engine, "0037")
