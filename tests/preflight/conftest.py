"""The job on a LobeChat database with three of Clerk's users."""

from pathlib import Path

import pytest

from tests.support.job import DIGEST, Job, google, user


@pytest.fixture
def job(lobechat_url: str, tmp_path: Path) -> Job:
    """Three users of Clerk, all in LobeChat."""
    made = Job(lobechat_url, tmp_path)
    made.sql(
        "INSERT INTO users (id, email) SELECT 'user_' || n, 'u' || n || '@example.org' FROM generate_series(1, 3) n"
    )
    users = [user(number, external_accounts=(google(number),), password_enabled=True) for number in range(1, 4)]
    made.give(users, **{one.id: {"password_digest": DIGEST, "password_hasher": "bcrypt"} for one in users})
    return made
