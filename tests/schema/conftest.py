"""Fixtures: databases at any of LobeChat's revisions, each test with its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Engine

from sandbox.postgres import Postgres
from tests.support.prepared import LADDER, copy_of, template_at
from tests.support.schema_databases import DatabaseAt, engine_for, upgrade


@pytest.fixture(scope="session")
def server_18() -> Iterator[Postgres]:
    with Postgres(18, durable=False) as running:
        yield running


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """One that begins with databases at many revisions."""
    with copy_of(LADDER) as running:
        yield running


@pytest.fixture(scope="session")
def revisions() -> dict[str, str]:
    """The databases that `database_at` copies: their names by revision."""
    return {revision: template_at(revision) for revision in LADDER}


@pytest.fixture
def database_at(server: Postgres, revisions: dict[str, str]) -> Iterator[DatabaseAt]:
    """Make databases at a revision; None is the empty one."""
    made = []

    def database_at(revision: str | None) -> Engine:
        if revision is not None and revision not in revisions:
            older = max((known for known in revisions if known < revision), default=None)
            name = server.create_database(revisions[older] if older else "template0")
            upgrade(engine_for(server, name), older, revision)
            revisions[revision] = name
        made.append(server.create_database(revisions[revision] if revision else "template0"))
        return engine_for(server, made[-1])

    yield database_at
    for name in made:
        server.drop_database(name)


@pytest.fixture
def empty(database_at: DatabaseAt) -> Engine:
    return database_at(None)
