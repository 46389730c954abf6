"""A kill at any moment loses nothing: the next run ends with the rows of an uninterrupted one."""

import random
import signal
import time
from contextlib import closing

import psycopg2
import pytest

from sandbox.clerk_server import ClerkServer, Fault
from tests.lobechat.conftest import TABLES, Job
from tests.reliability.conftest import start

KILLS = 4
NIGHTLY_KILLS = 100


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
