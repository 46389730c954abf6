"""A kill at any moment loses nothing: the next run ends with the rows of an uninterrupted one."""

import random
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import psycopg2
import pytest

from sandbox.clerk_server import ClerkServer, Fault
from sandbox.postgres import Postgres
from tests.support.job import TABLES, Job
from tests.support.prepared import template_at
from tests.support.processes import Rows, assert_no_half_batch, clerk_users, make_job, start, wait_for_blocked_job

KILLS = 4
NIGHTLY_KILLS = 100
NIGHTLY_ROUNDS = 25


def killed_runs(job: Job, kills: int, seed: int) -> None:
    """Kill `kills` runs after a random number of log lines; from time to time take all back and begin anew."""
    rng = random.Random(seed)
    before = job.rows(*TABLES, "messages")
    assert job.run() == 0
    expected = job.rows(*TABLES, "messages")
    assert job.run(STAGES="rollback") == 0
    assert job.rows(*TABLES, "messages") == before
    for number in range(kills):
        with start(job) as process:
            assert process.stdout is not None
            for _ in range(rng.randint(1, 34)):
                process.stdout.readline()
            process.kill()
        if number % 4 == 3:
            assert job.run() == 0
            assert job.rows(*TABLES, "messages") == expected
            assert job.run(STAGES="rollback") == 0
            assert job.rows(*TABLES, "messages") == before
    assert job.run() == 0
    assert job.rows(*TABLES, "messages") == expected
    assert job.run(STAGES="rollback") == 0
    assert job.rows(*TABLES, "messages") == before


def test_killed_runs_end_with_the_rows_of_an_uninterrupted_one(job: Job) -> None:
    killed_runs(job, KILLS, seed=1)


@pytest.mark.nightly
def test_a_hundred_kills(job: Job) -> None:
    killed_runs(job, NIGHTLY_KILLS, seed=2)


# The upgrade to 0060 gives this column of every user its moment.
USERS_SINCE = "SELECT (to_jsonb(u) - 'last_active_at')::text FROM users u ORDER BY 1"


def rows(job: Job) -> Rows:
    return {"users": job.sql(USERS_SINCE), **job.rows("accounts", "two_factor", "messages")}


class Round:
    """The whole way from LobeChat 1.143 with the export from Clerk, and all the way back."""

    settings: dict[str, str]
    before: Rows
    expected: Rows
    seconds: float

    def __init__(self, make: Callable[[], Job], clerk: ClerkServer) -> None:
        self.make = make
        self.settings = {
            "STAGES": "check,export,migrate,verify",
            "SCHEMA": "upgrade",
            "CLERK_API_URL": clerk.url,
            "TEST_CLERK_TO_BETTERAUTH_CLERK_SECRET_KEY": clerk.key,
        }
        job = make()
        self.end(job, STAGES="check", SCHEMA="upgrade")
        self.before = rows(job)
        began = time.monotonic()
        self.end(make(), **self.settings)
        self.seconds = time.monotonic() - began
        self.end(job, **self.settings)
        self.expected = rows(job)

    def end(self, job: Job, **settings: str) -> None:
        """A run that nobody kills."""
        with start(job, **settings) as process:
            output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, output[-2000:]

    def kill(self, job: Job, rng: random.Random, **settings: str) -> None:
        """A run that is killed somewhere between its first log line and its end."""
        with start(job, **settings) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(rng.uniform(0, self.seconds))
            process.kill()

    def go(self, rng: random.Random) -> None:
        """Two kills on the way there, and two on the way back."""
        job = self.make()
        for _ in range(2):
            self.kill(job, rng, **self.settings)
        self.end(job, **self.settings)
        assert rows(job) == self.expected
        for _ in range(2):
            self.kill(job, rng, STAGES="rollback")
        self.end(job, STAGES="rollback")
        assert rows(job) == self.before


@pytest.fixture
def killed_round(server: Postgres, tmp_path: Path) -> Iterator[Round]:
    base = server.create_database(template_at("0040"))
    like = make_job(server.url(base), tmp_path / "base")
    (like.folder / "data" / "test" / "clerk_users.json").unlink()
    made = [base]

    def make() -> Job:
        made.append(server.create_database(base))
        return Job(server.url(made[-1]), shutil.copytree(like.folder, tmp_path / made[-1]))

    with ClerkServer([msgspec.to_builtins(one) for one in clerk_users()], latency=0.05) as clerk:
        yield Round(make, clerk)
    for name in made:
        server.drop_database(name)


def test_kills_in_every_stage_lose_nothing(killed_round: Round) -> None:
    killed_round.go(random.Random(3))


@pytest.mark.nightly
def test_a_hundred_kills_in_every_stage(killed_round: Round) -> None:
    rng = random.Random(4)
    for _ in range(NIGHTLY_ROUNDS):
        killed_round.go(rng)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_a_run_that_waits_for_a_lock(job: Job, number: int, code: int) -> None:
    with closing(psycopg2.connect(job.url)) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        with start(job, STAGES="migrate") as process:
            assert process.stdout is not None
            while "lock.held" not in process.stdout.readline():
                pass
            time.sleep(1)
            began = time.monotonic()
            process.send_signal(number)
            output, _ = process.communicate(timeout=60)
    assert (process.returncode, time.monotonic() - began < 10) == (code, True), output[-2000:]


JOURNAL = "LOCK TABLE drizzle.__drizzle_migrations IN ACCESS EXCLUSIVE MODE"


def test_a_signal_ends_a_check_that_waits(job: Job) -> None:
    with closing(psycopg2.connect(job.url)) as other, other.cursor() as cursor, start(job) as process:
        cursor.execute(JOURNAL)
        wait_for_blocked_job(cursor)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=10)
    assert process.returncode == 143, output[-2000:]


def test_a_check_whose_connection_breaks_is_done_again(job: Job, server: Postgres) -> None:
    with closing(psycopg2.connect(job.url)) as other, other.cursor() as cursor, start(job) as process:
        cursor.execute(JOURNAL)
        wait_for_blocked_job(cursor)
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted")
        other.rollback()
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output[-2000:]
    assert output.count("database.connection_lost") == 1


def test_a_signal_ends_a_run_that_waits_for_a_connection(job: Job) -> None:
    """Several hosts, none of which answers: libpq would try each for as long as the time-out says."""
    with closing(socket.create_server(("127.0.0.1", 0))) as one, closing(socket.create_server(("127.0.0.1", 0))) as two:
        hosts = ",".join(f"127.0.0.1:{silent.getsockname()[1]}" for silent in (one, two))
        job.url = f"postgresql://lobechat:x@{hosts}/lobechat"
        with start(job) as process, closing(one.accept()[0]):
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=10)
    assert process.returncode == 143, output[-2000:]


def test_a_signal_lets_the_batch_in_hand_end(job: Job) -> None:
    job.sql(
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(2); RETURN NULL; END';"
        "CREATE TRIGGER dawdle AFTER INSERT ON accounts FOR EACH STATEMENT EXECUTE FUNCTION dawdle()"
    )
    with start(job, STAGES="migrate,verify") as process:  # without the check, which names the trigger
        while not job.sql(
            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
        ):
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 143, output[-2000:]
    assert job.sql("SELECT count(*) FROM clerk_to_betterauth.batches") == [(1,)]
    assert_no_half_batch(job)


def test_a_signal_ends_a_run_that_waits_for_clerk(job: Job) -> None:
    with ClerkServer() as clerk:
        clerk.faults.append(Fault("status", 429, retry_after="60"))
        settings = {"CLERK_API_URL": clerk.url, "TEST_CLERK_TO_BETTERAUTH_CLERK_SECRET_KEY": clerk.key}
        with start(job, STAGES="export", **settings) as process:
            assert process.stdout is not None
            while not clerk.requests:
                time.sleep(0.05)
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=10)
    assert process.returncode == 143
