"""A real PostgreSQL for every test; without one the suite fails.  Environment and logging are clean for each."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache

import pytest
import structlog

from job.mapping import refused_addresses
from sandbox.postgres import Postgres, find_memory
from tests.support.prepared import BASE, SHARED_FOLDER, copy_of, template_at


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all workers share."""
    if not hasattr(config, "workerinput"):
        os.environ[SHARED_FOLDER] = tempfile.mkdtemp(prefix="tests-", dir=find_memory())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(SHARED_FOLDER), ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """An embedded server; TEST_POSTGRES_VERSION picks 16 or 18."""
    with copy_of(BASE) as running:
        yield running


@pytest.fixture
def database_url(server: Postgres) -> Iterator[str]:
    """A fresh, empty database."""
    yield from _database(server, "template0")


@pytest.fixture
def lobechat_url(server: Postgres) -> Iterator[str]:
    """A fresh database at the pinned revision, without users."""
    yield from _database(server, template_at("0075"))


@pytest.fixture
def lobechat_1_url(server: Postgres) -> Iterator[str]:
    """A fresh database at LobeChat 1.143, without users."""
    yield from _database(server, template_at("0040"))


def _database(server: Postgres, template: str) -> Iterator[str]:
    name = server.create_database(template)
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture(scope="session", autouse=True)
def refused_domains_read_once() -> Iterator[None]:
    """A run reads the list of 56,000 domains and lets it go; here a worker runs the job hundreds of times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refused_addresses, "refused_domains", cache(refused_addresses.refused_domains))
        yield


def is_proxy(name: str) -> bool:
    return name.lower() in {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of the caller's environment, no logging set-up of another test."""
    for name in list(os.environ):
        if "CLERK" in name or name.upper().startswith(("AUTH_", "SMTP_", "PG", "SSL_CERT_")) or is_proxy(name):
            monkeypatch.delenv(name)
    before, root = dict(os.environ), logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.setLevel(level)
    root.handlers[:] = handlers
    for name in set(os.environ) - set(before):
        del os.environ[name]
    os.environ.update(before)
