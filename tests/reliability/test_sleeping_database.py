"""A Neon branch that sleeps: refused connections while it wakes, cut ones when it falls asleep at work."""

import ssl
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
import trustme

from job.lobechat.session import database
from job.settings import Stage
from job.stages import STAGES, Outcome, Run
from sandbox.postgres import Postgres
from tests.reliability.tls_proxy import Proxy
from tests.support.job import TABLES, Job
from tests.support.processes import Rows, start, wait_for_blocked_job


@pytest.fixture(scope="module")
def context() -> ssl.SSLContext:
    """TLS with a certificate that nobody knows: sslmode=require asks for no more."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(made)
    return made


@pytest.fixture
def proxy(job: Job, context: ssl.SSLContext) -> Iterator[Proxy]:
    """The proxy in front of the job's database; the job's URL leads to it."""
    parts = urlsplit(job.url)
    with Proxy(context, parts.port or 0) as running:
        job.url = urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{running.port}"))
        yield running


def test_a_sleeping_branch_is_woken_with_patience(
    job: Job, expected: Rows, proxy: Proxy, capsys: pytest.CaptureFixture[str]
) -> None:
    proxy.asleep = 3
    assert job.run(DATABASE_DRIVER="neon") == 0
    assert (proxy.refused, proxy.asleep) == (3, 0)
    assert capsys.readouterr().out.count("database.unreachable") == 3
    assert job.rows(*TABLES, "messages") == expected


def test_a_branch_that_does_not_wake_ends_with_75(job: Job, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(database.PATIENCE_SECONDS, "neon", 2)
    before = job.rows(*TABLES, "messages")
    proxy.asleep = 1000
    assert job.run(DATABASE_DRIVER="neon") == 75
    assert "cannot be reached" in job.report["error"]["message"]
    proxy.asleep = 0
    assert job.rows(*TABLES, "messages") == before
    assert job.run(DATABASE_DRIVER="neon") == 0


@pytest.mark.parametrize("stage", [Stage.CHECK, Stage.MIGRATE, Stage.VERIFY])
def test_a_branch_that_falls_asleep_before_a_stage_is_woken_again(
    job: Job, expected: Rows, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, stage: Stage
) -> None:
    carry_out = STAGES[stage]

    def fall_asleep_once(run: Run) -> Outcome:
        if not proxy.refused:
            proxy.fall_asleep(2)
        return carry_out(run)

    monkeypatch.setitem(STAGES, stage, fall_asleep_once)
    assert job.run(DATABASE_DRIVER="neon") == 0
    assert proxy.refused == 2
    assert [one["name"] for one in job.report["stages"]] == ["check", "migrate", "verify"]
    assert job.rows(*TABLES, "messages") == expected


def test_a_branch_that_falls_asleep_in_a_batch_is_woken_again(
    job: Job, server: Postgres, expected: Rows, proxy: Proxy
) -> None:
    direct = server.url(urlsplit(job.url).path[1:])
    with closing(psycopg2.connect(direct)) as other, other.cursor() as cursor:
        cursor.execute("SELECT FROM users WHERE id = 'user_150' FOR UPDATE")
        with start(job, DATABASE_DRIVER="neon") as process:
            wait_for_blocked_job(cursor)
            proxy.fall_asleep(3)
            other.rollback()
            output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output[-2000:]
    assert output.count("database.connection_lost") == 1
    assert proxy.refused == 3
    assert job.rows(*TABLES, "messages") == expected


def test_a_branch_that_falls_asleep_after_the_last_stage_costs_nothing_of_the_report(
    job: Job, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('user_of_lobechat', 'only@example.org')")
    assert job.run(DATABASE_DRIVER="neon") == 0
    attention = job.attention()
    assert ("user_of_lobechat", "only_in_lobechat", "") in attention
    carry_out = STAGES[Stage.VERIFY]

    def fall_asleep_at_the_end(run: Run) -> Outcome:
        done = carry_out(run)
        proxy.fall_asleep(1000)
        return done

    monkeypatch.setitem(STAGES, Stage.VERIFY, fall_asleep_at_the_end)
    assert job.run(DATABASE_DRIVER="neon") == 0
    assert job.attention() == attention


def test_a_lock_that_the_server_holds_for_a_lost_connection_is_taken_back(
    job: Job, expected: Rows, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run would else meet its own lock, and leave with exit code 8."""
    carry_out = STAGES[Stage.VERIFY]

    def cut_once(run: Run) -> Outcome:
        if not proxy.silent:
            proxy.silent = True
            proxy.fall_asleep(0)
        return carry_out(run)

    monkeypatch.setitem(STAGES, Stage.VERIFY, cut_once)
    assert job.run(DATABASE_DRIVER="neon") == 0
    output = capsys.readouterr().out
    assert "a connection that this run lost" in output
    assert "lock.held_by_another" not in output
    assert job.rows(*TABLES, "messages") == expected
