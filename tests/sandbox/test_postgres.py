"""The embedded PostgreSQL and the fixtures on it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from sandbox.postgres import Postgres

MAJOR = "SELECT current_setting('server_version_num')::int / 10000"


def value(url: str, query: str) -> Any:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
        return row and row[0]


def test_a_database_answers_over_tcp_and_over_the_socket(server: Postgres) -> None:
    assert value(server.url(), "SELECT inet_server_port()") == server.port
    assert value(server.socket_url(), "SELECT inet_server_port()") is None


def test_tcp_asks_for_the_password(server: Postgres) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        value(server.url().replace("postgres:", "postgres:wrong", 1), "SELECT 1")


@pytest.mark.parametrize("version", [16, 18])
def test_servers_run_side_by_side_with_pgvector_and_leave_nothing(version: int, server: Postgres) -> None:
    with Postgres(version, durable=False) as other:
        url = other.url(other.create_database())
        assert value(url, f"CREATE EXTENSION vector; {MAJOR}") == version
        assert value(url, "SELECT lower('ÄÖÜ')") == "äöü"
        assert other.port != server.port
    assert not other.folder.exists()


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pg-") as name:  # pytest's own are closed to the server's user
        yield Path(name)


def test_a_given_folder_keeps_its_databases(folder: Path) -> None:
    with Postgres(folder=folder) as first:
        name = first.create_database(name="kept")
    with Postgres(folder=folder) as second:
        assert value(second.url(name), "SHOW fsync") == "on"
        second.drop_database(name)
        with pytest.raises(psycopg2.OperationalError, match="does not exist"):
            value(second.url(name), "SELECT 1")


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match="only"):
        Postgres(9)


def test_a_fresh_database_is_empty(database_url: str) -> None:
    assert value(database_url, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == 0


def test_lobechat_databases_stand_at_their_revisions(lobechat_url: str, lobechat_1_url: str) -> None:
    for url, revisions in ((lobechat_1_url, 41), (lobechat_url, 76)):
        assert value(url, "SELECT count(*) FROM drizzle.__drizzle_migrations") == revisions
        assert value(url, "SELECT count(*) FROM users") == 0


def test_the_environment_of_the_person_is_hidden() -> None:
    assert not [name for name in os.environ if "CLERK" in name]
