"""The job as a process of its own, to be killed; and what must be there however it ended."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from job.clerk.models import ClerkUser
from sandbox.postgres import Postgres
from tests.support.job import DIGEST, PREFIX, TABLES, Job, google, user

USERS = 300


Rows = dict[str, list[tuple[Any, ...]]]


def make_job(url: str, folder: Path) -> Job:
    """300 of Clerk's users, of whom 200 are in LobeChat; each has a password and a link to Google."""
    made = Job(url, folder)
    made.sql(
        "INSERT INTO users (id, email) SELECT 'user_' || n, 'U' || n || '@example.org' FROM generate_series(1, 200) n"
    )
    made.sql("INSERT INTO messages (id, role, content, user_id) SELECT 'm' || id, 'user', 'hello', id FROM users")
    users = clerk_users()
    made.give(users, **{one.id: {"password_digest": DIGEST, "password_hasher": "bcrypt"} for one in users})
    return made


def clerk_users() -> list[ClerkUser]:
    return [user(number, external_accounts=(google(number),), password_enabled=True) for number in range(1, USERS + 1)]


JOB = (sys.executable, "-m", "job")


def start(job: Job, stdout: Any = subprocess.PIPE, *, command: Any = JOB, **settings: Any) -> "subprocess.Popen[str]":
    """Start `python -m job` with small batches."""
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        f"TEST_{PREFIX}DATABASE_URL": job.url,
        f"{PREFIX}DATABASE_DRIVER": "node",
        f"{PREFIX}DRY_RUN": "0",
        f"{PREFIX}BATCH_SIZE": "10",
        f"{PREFIX}STAGES": "check,migrate,verify",
        f"{PREFIX}LOG_LEVEL": "debug",
        "AUTH_SECRET": "a-secret-of-the-tests",
        **{
            name if name.startswith(("AUTH", "TEST", "PROD", "PG", "CLERK", "PYTHON")) else PREFIX + name: value
            for name, value in settings.items()
        },
    }
    return subprocess.Popen(
        command,
        cwd=job.folder,
        env=environ,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        text=True,
    )


def rows_of_a_copy(job: Job, server: Postgres) -> Rows:
    """The rows that an uninterrupted run leaves in a copy of the job's database."""
    name = server.create_database(urlsplit(job.url).path[1:])
    try:
        copy = Job(server.url(name), job.folder)
        assert copy.run() == 0
        return copy.rows(*TABLES, "messages")
    finally:
        server.drop_database(name)


def assert_no_half_batch(job: Job) -> None:
    """Every user in the ledger has both accounts, and nobody else has one."""
    [(users, accounts)] = job.sql(
        "SELECT (SELECT count(*) FROM clerk_to_betterauth.users), (SELECT count(*) FROM accounts)"
    )
    assert (accounts, users % 10) == (users * 2, 0)


def wait_for_blocked_job(cursor: Any) -> None:
    """Return as soon as a statement of the job waits for a lock."""
    for _ in range(600):
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")  # pg_stat_activity stands still here
        if cursor.fetchone()[0]:
            return
        time.sleep(0.05)
    pytest.fail("the job waits for no lock")
