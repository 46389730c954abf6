"""Fixtures: databases at LobeChat 2.0's revision, and Better Auth on them."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg2
import pytest

from sandbox.postgres import Postgres
from tests.signin.better_auth import PLUGIN_COLUMNS, VERSIONS, BetterAuth, Start, install_packages
from tests.support.prepared import template_at
from tests.support.rows import Rows


@pytest.fixture(scope="session")
def _packages() -> None:
    install_packages()


@pytest.fixture(scope="session", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def facts_url(server: Postgres, version: str) -> str:
    """A database for the users that the tests put in by hand; the version at hand has its own."""
    name = server.create_database(template_at("0075"))
    if version in PLUGIN_COLUMNS:
        server.execute(PLUGIN_COLUMNS[version], name)
    return server.url(name)


@pytest.fixture(scope="session")
def start(_packages: None, facts_url: str, version: str) -> Iterator[Start]:
    """Better Auth of the version at hand with settings like `twoFactor=True`; one process for each choice."""
    running: dict[str, BetterAuth] = {}
    with ExitStack() as stack:

        def start_one(**settings: Any) -> BetterAuth:
            key = repr(settings)
            if key not in running:
                running[key] = stack.enter_context(BetterAuth(version, facts_url, **settings))
            return running[key]

        yield start_one


@pytest.fixture
def lobechat(start: Start) -> BetterAuth:
    """Better Auth as LobeChat has it by default, with every provider enabled."""
    return start()


@pytest.fixture
def rows(facts_url: str) -> Iterator[Rows]:
    connection = psycopg2.connect(facts_url)
    connection.autocommit = True
    yield Rows(connection)
    connection.close()
