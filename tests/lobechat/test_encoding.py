"""Text arrives as it is, whatever encoding and locale the database, the role or the environment ask for."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sandbox.lobechat import create_lobechat
from sandbox.postgres import Postgres
from tests.support.job import Job, user

NAME = "Zoë Müller 山田 \U0001f600"
# LobeChat's addresses, and what a sign-in looks up: JavaScript's toLowerCase, in any locale.
ADDRESSES = {
    "IRIS@Example.org": "iris@example.org",
    "ÄÖ@Example.org": "äö@example.org",
    "İ@example.org": "i̇@example.org",
}
ENCODINGS = {
    "database": "ALTER DATABASE {database} SET client_encoding = LATIN1",
    "role": "ALTER ROLE postgres SET client_encoding = 'WIN1252'",
    "nothing": "SELECT 1",
}
LOCALES = ("C", "C.UTF-8")  # those that every build of PostgreSQL has


def assert_arrived(job: Job) -> None:
    """A user that the job makes, and addresses that LobeChat alone has."""
    for number, address in enumerate(ADDRESSES):
        job.sql("INSERT INTO users (id, email) VALUES (%s, %s)", f"user_1{number}", address)
    job.give([user(1, first_name=NAME), *(user(number, email=None) for number in (10, 11, 12))])
    assert job.run() == 0
    rows = {row[0]: row[1:] for row in job.sql("SELECT id, first_name, email FROM users")}
    assert rows["user_1"] == (NAME, "u1@example.org")
    assert [rows[f"user_1{number}"][1] for number in range(len(ADDRESSES))] == list(ADDRESSES.values())
    assert job.run(STAGES="verify") == 0
    assert job.run(STAGES="rollback") == 0


@pytest.mark.parametrize("setting", ENCODINGS)
@pytest.mark.parametrize("environment", ["", "LATIN1"])
def test_names_and_addresses_arrive_whatever_encoding_is_asked_for(
    job: Job, server: Postgres, setting: str, environment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if environment:
        monkeypatch.setenv("PGCLIENTENCODING", environment)
    server.execute(ENCODINGS[setting].format(database=urlsplit(job.url).path[1:]))
    try:
        assert_arrived(job)
    finally:
        server.execute("ALTER ROLE postgres RESET client_encoding")


@pytest.fixture
def locale_url(server: Postgres, request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"locale_{LOCALES.index(request.param)}"
    locale = f"LC_COLLATE '{request.param}' LC_CTYPE '{request.param}'"
    server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING UTF8 {locale}")
    create_lobechat(server.url(name), "0075")
    yield server.url(name)
    server.drop_database(name)


@pytest.mark.parametrize("locale_url", LOCALES, indirect=True)
def test_addresses_are_lowered_as_a_sign_in_does_whatever_the_locale(locale_url: str, tmp_path: Path) -> None:
    assert_arrived(Job(locale_url, tmp_path))
