"""Is Clerk there?  Asked once before anything else, and told while it is waited for."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import msgspec
import psycopg2
import pytest

from job.lobechat.session import database
from job.lobechat.session.lock import LOCK_KEY
from sandbox.clerk_server import KEY, ClerkServer
from tests.support.job import PREFIX, Job, user, with_user

KEY_VARIABLE = f"TEST_{PREFIX}CLERK_SECRET_KEY"
WHOLE = "check,export,migrate,verify"


@pytest.fixture
def clerk() -> Iterator[ClerkServer]:
    with ClerkServer(msgspec.to_builtins([user(number) for number in range(1, 4)])) as server:
        yield server


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"


def test_a_refused_key_is_known_before_the_schema_is_upgraded(
    job: Job, lobechat_1_url: str, clerk: ClerkServer
) -> None:
    job.url = lobechat_1_url
    settings = {KEY_VARIABLE: "sk_test_wrong", "CLERK_API_URL": clerk.url, "STAGES": WHOLE, "SCHEMA": "upgrade"}
    assert job.run(**settings) == 9
    assert job.preflight("clerk")[0] == "failed"
    assert job.sql("SELECT to_regclass('public.accounts')") == [(None,)]


def test_whoever_exports_hears_of_an_unreachable_clerk_and_of_all_the_rest(job: Job) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        nobody = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
    settings = {KEY_VARIABLE: KEY, "CLERK_API_URL": nobody, "STAGES": WHOLE, "CLERK_EXPORT_RETRIES": "1"}
    assert job.run(**settings) == 75
    assert job.preflight("clerk")[0] == "failed"
    assert job.preflight("schema")[0] == "passed"
    assert job.preflight("clerk_instance")[0] == "skipped"


def test_a_database_out_of_reach_hides_neither_a_missing_csv_nor_clerk(
    job: Job, clerk: ClerkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run still ends with the database's code: nothing else could be looked at."""
    monkeypatch.setitem(database.PATIENCE_SECONDS, "node", 1)
    (job.folder / "data/test/clerk_exported_users.csv").unlink()
    port = urlsplit(job.url).port
    for url, code in ((job.url.replace(f":{port}/", ":1/"), 75), (with_user(job.url, "postgres", "wrong"), 2)):
        job.url = url
        assert job.run(STAGES=WHOLE, CLERK_API_URL=clerk.url, **{KEY_VARIABLE: KEY}) == code
        assert job.preflight("csv")[0] == "failed"
        assert job.preflight("clerk")[0] == "passed"
        assert "schema" not in [one["name"] for one in job.report["preflight"]]


def test_a_run_that_another_one_keeps_out_looks_at_nothing(job: Job) -> None:
    with closing(psycopg2.connect(job.url)) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%(space)s, %(number)s)", LOCK_KEY)
        assert job.run() == 8
    assert job.report["preflight"] == []


class TestDoctor:
    def test_clerk_is_asked_where_a_key_is_given(self, job: Job, clerk: ClerkServer) -> None:
        assert job.run(STAGES="check", CLERK_API_URL=clerk.url, **{KEY_VARIABLE: KEY}) == 0
        assert job.preflight("clerk") == ("passed", "Clerk answers and has 3 users ")

    def test_without_a_key_it_is_passed_over(self, job: Job) -> None:
        assert job.run(STAGES="check") == 0
        assert job.preflight("clerk")[0] == "skipped"

    def test_a_refused_key_is_a_warning(self, job: Job, clerk: ClerkServer) -> None:
        assert job.run(STAGES="check", CLERK_API_URL=clerk.url, **{KEY_VARIABLE: "sk_test_wrong"}) == 0
        assert job.preflight("clerk")[0] == "warning"

    def test_a_silent_clerk_is_waited_for_five_seconds_once(self, job: Job, silent: str) -> None:
        job.sql("UPDATE users SET clerk_created_at = now()")
        started = time.monotonic()
        assert job.run(STAGES="check", CLERK_API_URL=silent, **{KEY_VARIABLE: KEY}) == 0
        assert job.preflight("clerk")[0] == "warning"
        assert job.preflight("clerk_instance")[0] == "skipped"
        assert 5 <= time.monotonic() - started < 20
        assert "5 seconds" in job.preflight("clerk")[1]
