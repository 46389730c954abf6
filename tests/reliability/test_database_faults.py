"""A server that crashes, fills up, deadlocks, is a replica or has no connection left: one message, no half batch.

Each test ends with a plain run, after which the rows are those of an uninterrupted one.
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest

from job.lobechat import migration
from job.lobechat.session import database
from sandbox.lobechat import create_lobechat
from sandbox.postgres import Postgres
from tests.support.job import DIGEST, TABLES, Job, user
from tests.support.prepared import VERSION
from tests.support.processes import Rows, assert_no_half_batch, make_job, rows_of_a_copy, start, wait_for_blocked_job


@pytest.fixture
def own_server() -> Iterator[Postgres]:
    """A server of its own that survives a crash with all it committed."""
    with Postgres(VERSION) as running:
        yield running


def test_a_crash_of_the_server_in_the_middle_of_a_batch_costs_nothing(own_server: Postgres, tmp_path: Path) -> None:
    url = own_server.url(own_server.create_database())
    create_lobechat(url, "0075")
    job = make_job(url, tmp_path)
    expected = rows_of_a_copy(job, own_server)
    with closing(psycopg2.connect(url)) as other, other.cursor() as cursor, start(job) as process:
        cursor.execute("SELECT FROM users WHERE id = 'user_150' FOR UPDATE")
        wait_for_blocked_job(cursor)
        own_server.crash_and_restart()
        assert_no_half_batch(job)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output[-2000:]
    assert output.count("database.connection_lost") == 1
    assert job.rows(*TABLES, "messages") == expected
    assert job.run() == 0
    assert job.rows(*TABLES, "messages") == expected


def test_a_deadlock_costs_nothing(job: Job, server: Postgres) -> None:
    """LobeChat holds a user's account and asks for the user, whom the job holds while it asks for the account."""
    weak = "$2y$" + DIGEST[4:]  # LobeChat cannot check it, so the job rewrites the account
    job.give([user(1, password_enabled=True)], user_1={"password_digest": weak, "password_hasher": "bcrypt"})
    job.sql(
        "INSERT INTO accounts (id, user_id, provider_id, account_id, password, updated_at)"
        " VALUES ('held', 'user_1', 'credential', 'user_1', %s, now())",
        weak,
    )
    expected = rows_of_a_copy(job, server)
    server.execute(f"ALTER DATABASE {urlsplit(job.url).path[1:]} SET deadlock_timeout = '2s'")
    with closing(psycopg2.connect(job.url)) as other, other.cursor() as cursor, start(job) as process:
        cursor.execute("SET deadlock_timeout = '1min'")  # who looks first, the job, is the one that is cut off
        cursor.execute("SELECT FROM accounts WHERE id = 'held' FOR UPDATE")
        wait_for_blocked_job(cursor)
        cursor.execute("UPDATE users SET avatar = avatar WHERE id = 'user_1'")
        other.commit()
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output[-2000:]
    assert job.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == [(1,)]
    assert output.count("migrate.busy") == 1
    assert output.count("migrate.planned") == 2  # at first and to verify; nothing that matters changed meanwhile
    assert job.rows(*TABLES, "messages") == expected
    assert job.run() == 0
    assert job.rows(*TABLES, "messages") == expected


@pytest.fixture
def standby(server: Postgres) -> Iterator[Postgres]:
    """A hot standby: a copy of the server as it is now, which follows it."""
    with tempfile.TemporaryDirectory(prefix="standby-") as name:  # pytest's own are closed to the server's user
        folder = Path(name)
        shutil.copy2(server.folder / "password", folder)
        if server._user:
            shutil.chown(folder, server._user)
        server._run("pg_basebackup", "-D", str(folder / "data"), "-d", server.url(), "-R", "--checkpoint=fast")
        with Postgres(server.version, folder) as running:
            yield running


def test_a_hot_standby_is_named_and_not_written(job: Job, expected: Rows, standby: Postgres) -> None:
    primary, before = job.url, job.rows(*TABLES, "messages")
    job.url = standby.url(urlsplit(primary).path[1:])
    assert job.sql("SELECT pg_is_in_recovery()") == [(True,)]
    for stages in ("check,migrate,verify", "verify", "rollback", "cleanup"):
        assert job.run(STAGES=stages) == 5
        assert "read-only" in job.report["error"]["message"]
        assert "primary" in job.report["error"]["hint"]
        begun = [stage["name"] for stage in job.report["stages"]]
        assert begun == (["check"] if stages.startswith("check") else [])
    assert job.run(STAGES="check") == 0
    assert job.preflight("read_only")[0] == "warning"
    job.url = primary
    assert job.rows(*TABLES, "messages") == before
    both_hosts = primary.replace("@", f"@127.0.0.1:{standby.port},", 1)
    job.url = f"{both_hosts}?target_session_attrs=read-write"
    assert job.run() == 0
    assert job.rows(*TABLES, "messages") == expected


@pytest.fixture
def crowd(server: Postgres) -> Iterator[list[Any]]:
    """Connections that are all the server allows."""
    connections: list[Any] = []
    with suppress(psycopg2.OperationalError):
        while True:
            connections.append(psycopg2.connect(server.url()))
            connections[-1].autocommit = True
    yield connections
    give_back(connections, len(connections) - 1)
    connections[0].close()


def give_back(connections: list[Any], number: int) -> None:
    """Close that many, and wait until the server's processes behind them are gone."""
    for _ in range(number):
        connections.pop().close()
    with connections[0].cursor() as cursor:
        for _ in range(200):
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
            if cursor.fetchone()[0] <= len(connections):
                return
            time.sleep(0.02)


@pytest.mark.parametrize("free", [0, 1])
def test_too_few_connections_end_with_75_and_nothing_is_written(
    job: Job, expected: Rows, crowd: list[Any], monkeypatch: pytest.MonkeyPatch, *, free: int
) -> None:
    """A run works on one connection, and holds its lock on another."""
    monkeypatch.setitem(database.PATIENCE_SECONDS, "node", 1)
    give_back(crowd, free)
    assert job.run() == 75
    assert "out of disk space, memory or connections" in job.report["error"]["message"]
    give_back(crowd, len(crowd) - 1)
    assert job.sql("SELECT to_regclass('clerk_to_betterauth.batches')") == [(None,)]
    assert job.run() == 0
    assert job.rows(*TABLES, "messages") == expected


def test_two_connections_are_enough(job: Job, expected: Rows, crowd: list[Any]) -> None:
    give_back(crowd, 2)
    assert job.run() == 0
    give_back(crowd, len(crowd) - 1)
    assert job.rows(*TABLES, "messages") == expected


def test_a_run_waits_for_a_connection(
    job: Job, expected: Rows, crowd: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    timer = threading.Timer(1, give_back, (crowd, 2))
    timer.start()
    assert job.run() == 0
    timer.join()
    assert "database.unreachable" in capsys.readouterr().out
    give_back(crowd, len(crowd) - 1)
    assert job.rows(*TABLES, "messages") == expected


def test_a_table_that_stays_locked_ends_with_75_after_several_attempts(
    job: Job, expected: Rows, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reads pass, so the plan is made anew each time and only the batch waits."""
    monkeypatch.setattr(database, "LOCK_TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(migration, "BUSY_ATTEMPTS", 3)
    before = job.rows(*TABLES, "messages")
    with closing(psycopg2.connect(job.url)) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLE accounts IN SHARE MODE")
        assert job.run() == 75
    assert "held a lock on a table" in job.report["error"]["message"]
    output = capsys.readouterr().out
    assert (output.count("migrate.planned"), output.count("migrate.busy")) == (1, 3)  # the plan is still right
    assert job.rows(*TABLES, "messages") == before
    assert_no_half_batch(job)
    assert job.run() == 0
    assert job.rows(*TABLES, "messages") == expected
