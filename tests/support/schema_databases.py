"""Databases at any of LobeChat's revisions, each test with its own."""

from collections.abc import Callable

import psycopg2
import sqlalchemy as sa
from psycopg2.extensions import make_dsn
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from sandbox.postgres import Postgres
from schema import PIN, Action, PgSearch, SchemaState, apply, look, reading
from schema.journal import NEED_PG_SEARCH, between
from schema.upgrade import upgrade as run_upgrade

DatabaseAt = Callable[[str | None], Engine]


def engine_for(server: Postgres, database: str, **parameters: str) -> Engine:
    dsn = make_dsn(server.socket_url(database), **parameters)
    return sa.create_engine(
        f"postgresql+psycopg2:///{database}", creator=lambda: psycopg2.connect(dsn), poolclass=NullPool
    )


def run_check(  # noqa: PLR0913 - what look and apply take
    engine: Engine,
    *,
    action: Action,
    target: str = PIN,
    pg_search: PgSearch = "require",
    dry_run: bool = False,
    check_stop: Callable[[], None] = lambda: None,
) -> SchemaState:
    """Look, and apply unless it is a dry run, as the job does."""
    state = look_at(engine, action=action, target=target, pg_search=pg_search)
    return state if dry_run else apply(engine, state, check_stop=check_stop)


def look_at(engine: Engine, *, action: Action, target: str = PIN, pg_search: PgSearch = "require") -> SchemaState:
    """Look, in a transaction of its own."""
    with reading(engine, "the test") as connection:
        return look(connection, action=action, target=target, pg_search=pg_search)


def upgrade(
    engine: Engine, revision: str | None, target: str, *, on_revision: Callable[[str], None] = lambda _: None
) -> None:
    """Run every revision after `revision` up to `target`; those that need pg_search are only recorded."""
    run_upgrade(engine, revision, between(revision, target), recorded=NEED_PG_SEARCH, on_revision=on_revision)


def run_sql(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def give_tables(engine: Engine, role: str) -> None:
    """Make the role the owner of LobeChat's tables."""
    run_sql(
        engine,
        f"""DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
            LOOP EXECUTE 'ALTER TABLE public.' || quote_ident(t) || ' OWNER TO {role}'; END LOOP; END $$""",
    )


def fetch(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def run_script(engine: Engine, script: str) -> None:
    """Run the statements one after the other, as psql does."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        raw = connection.connection.cursor()
        for statement in script.split(";\n"):
            if statement.strip():
                raw.execute(statement)
