"""Key, files and database of different Clerk instances are told apart before anything is written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from job.clerk.api.question import find_known_ids
from sandbox.clerk_server import KEY, ClerkServer
from tests.support.job import PREFIX, Job, user

CAME_FROM_CLERK = """
    INSERT INTO users (id, email, clerk_created_at)
    SELECT 'user_' || n, 'u' || n || '@example.org', now() FROM generate_series(1, %s) n"""
HELD = """
    SELECT (SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'clerk-to-betterauth%%'
            AND datname = current_database() AND backend_xmin IS NOT NULL)
         + (SELECT count(*) FROM pg_locks WHERE relation = 'users'::regclass AND pid <> pg_backend_pid())"""
EXPORT = {"STAGES": "check,export,migrate,verify", f"TEST_{PREFIX}CLERK_SECRET_KEY": KEY, "CSV": "none"}


@pytest.fixture
def job(lobechat_url: str, tmp_path: Path) -> Job:
    return Job(lobechat_url, tmp_path)


@pytest.fixture
def development() -> Iterator[ClerkServer]:
    """A development instance of 50 users, none of them LobeChat's."""
    with ClerkServer(msgspec.to_builtins([user(number) for number in range(100_001, 100_051)])) as server:
        yield server


@pytest.mark.parametrize("dry_run", ["1", "0"], ids=["dry run", "real run"])
def test_a_development_instance_of_50_users_against_2982_in_lobechat(
    job: Job, development: ClerkServer, dry_run: str
) -> None:
    job.sql(CAME_FROM_CLERK, 2982)
    before = job.rows()
    assert job.run(DRY_RUN=dry_run, CLERK_API_URL=development.url, **EXPORT) == 3
    assert "Clerk knows 0" in job.report["error"]["message"]
    assert job.preflight("clerk_instance")[0] == "failed"
    assert job.rows() == before


def test_nothing_is_upgraded_for_another_instance(
    lobechat_1_url: str, tmp_path: Path, development: ClerkServer
) -> None:
    job = Job(lobechat_1_url, tmp_path)
    job.sql(CAME_FROM_CLERK, 200)
    assert job.run(SCHEMA="upgrade", CLERK_API_URL=development.url, **EXPORT) == 3
    assert job.sql("SELECT to_regclass('public.accounts')") == [(None,)]


def test_nothing_is_held_in_the_database_while_clerk_is_asked(
    job: Job, development: ClerkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    job.sql(CAME_FROM_CLERK, 10)
    held: list[int] = []

    def look_and_ask(*args: Any, **keywords: Any) -> set[str]:
        held.append(job.sql(HELD)[0][0])
        return find_known_ids(*args, **keywords)

    monkeypatch.setattr("job.preflight.right_instance.find_known_ids", look_and_ask)
    assert job.run(CLERK_API_URL=development.url, **EXPORT) == 3
    assert held == [0]


def test_the_doctor_only_warns(job: Job, development: ClerkServer) -> None:
    job.sql(CAME_FROM_CLERK, 10)
    assert job.run(**EXPORT | {"STAGES": "check"}, CLERK_API_URL=development.url) == 0
    assert job.preflight("clerk_instance")[0] == "warning"


@pytest.mark.parametrize(("known", "code"), [(50, 0), (49, 3)])
def test_every_user_counts_once_the_plan_is_made(job: Job, known: int, code: int) -> None:
    """Half of a hundred are known, or one fewer; a sample of a hundred may err by twenty."""
    job.sql(CAME_FROM_CLERK, 100)
    job.give([user(number) for number in range(1, known + 1)])
    assert job.run(DRY_RUN="1") == code
    assert job.preflight("clerk_instance")[0] == "passed"
    assert job.preflight("known_users")[0] == ("passed" if code == 0 else "failed")


def test_another_share_may_be_set(job: Job) -> None:
    job.sql(CAME_FROM_CLERK, 100)
    job.give([user(number) for number in range(1, 11)])
    assert job.run(DRY_RUN="1") == 3
    assert f"{PREFIX}MIN_KNOWN_PERCENT to 10" in job.report["error"]["hint"]
    assert job.run(DRY_RUN="1", MIN_KNOWN_PERCENT="10") == 0


def test_a_file_of_another_instance_is_refused_without_an_export(job: Job) -> None:
    job.sql(CAME_FROM_CLERK, 10)
    job.give([user(number) for number in range(11, 21)])
    assert job.run() == 3
    assert job.preflight("clerk_instance")[0] == "failed"


def test_users_whom_lobechat_2_made_do_not_count(job: Job) -> None:
    """They have no clerk_created_at, and an id that is shorter than Clerk's."""
    job.sql(CAME_FROM_CLERK, 4)
    job.sql(
        "INSERT INTO users (id, email) SELECT 'user_Ab3dEfGhIjK' || n, n || '@new.test' FROM generate_series(1, 9) n"
    )
    job.give([user(number) for number in range(1, 3)])
    assert job.run() == 0


def test_an_id_of_clerks_form_counts_without_a_time(job: Job) -> None:
    job.sql("INSERT INTO users (id) SELECT 'user_2abcdefghijklmnopqrstuvwxy' || n FROM generate_series(1, 4) n")
    job.give([user(1)])
    assert job.run(DRY_RUN="1") == 3


def test_users_whom_the_job_made_do_not_count(job: Job) -> None:
    """Else a run with the wrong key would make the next one look right."""
    job.sql(CAME_FROM_CLERK, 3)
    job.give([user(number) for number in range(1, 21)])
    assert job.run() == 0
    job.give([user(number) for number in range(3, 21)])
    assert job.run(DRY_RUN="1") == 3


def test_the_simple_path_does_without(job: Job) -> None:
    job.sql(CAME_FROM_CLERK, 3)
    assert job.run(PATH="simple") == 0
    assert job.preflight("known_users")[0] == "skipped"
