"""The job as a process of its own, to be killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lobechat.conftest import DIGEST, PREFIX, Job, google, user

USERS = 300


@pytest.fixture
def job(lobechat_url: str, tmp_path: Path) -> Job:
    return make_job(lobechat_url, tmp_path)


def make_job(url: str, folder: Path) -> Job:
    """300 of Clerk's users, of whom 200 are in LobeChat; each has a password and a link to Google."""
    made = Job(url, folder)
    made.sql(
        "INSERT INTO users (id, email) SELECT 'user_' || n, 'U' || n || '@example.org' FROM generate_series(1, 200) n"
    )
    made.sql("INSERT INTO messages (id, role, content, user_id) SELECT 'm' || id, 'user', 'hello', id FROM users")
    users = [user(number, external_accounts=(google(number),), password_enabled=True) for number in range(1, USERS + 1)]
    made.give(users, **{one.id: {"password_digest": DIGEST, "password_hasher": "bcrypt"} for one in users})
    return made


def start(job: Job, **settings: str) -> "subprocess.Popen[str]":
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
            name if name.startswith(("AUTH", "TEST", "CLERK")) else PREFIX + name: value
            for name, value in settings.items()
        },
    }
    return subprocess.Popen(
        [sys.executable, "-m", "job"], cwd=job.folder, env=environ, stdout=subprocess.PIPE, text=True
    )
