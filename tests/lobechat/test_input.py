"""What is wrong with Clerk's side is found before a user is written, and before the schema is upgraded."""

from pathlib import Path

import pytest

from sandbox.clerk_server import ClerkServer
from sandbox.lobechat import create_lobechat
from sandbox.postgres import Postgres
from tests.support.job import PREFIX, Job, user

KEY = f"TEST_{PREFIX}CLERK_SECRET_KEY"
UPGRADE = {"SCHEMA": "upgrade", "STAGES": "check,export,migrate,verify"}


@pytest.fixture
def outdated(server: Postgres, tmp_path: Path) -> Job:
    url = server.url(server.create_database())
    create_lobechat(url, "0040")
    job = Job(url, tmp_path)
    job.give([user(1)])
    return job


def assert_not_upgraded(job: Job) -> None:
    assert job.sql("SELECT to_regclass('accounts')") == [(None,)]


def test_a_csv_of_another_instance_is_refused(job: Job) -> None:
    job.give([], user_9={})
    csv = (job.folder / "data/test/clerk_exported_users.csv").read_bytes()
    job.give([user(1)])
    (job.folder / "data/test/clerk_exported_users.csv").write_bytes(csv)
    assert job.run() == 3
    assert "none of Clerk's 1 users" in job.report["error"]["message"]
    assert job.sql("SELECT count(*) FROM users") == [(0,)]


def test_a_csv_that_lacks_many_users_is_warned_of(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.give([user(1)])
    csv = (job.folder / "data/test/clerk_exported_users.csv").read_bytes()
    job.give([user(1), user(2)])
    (job.folder / "data/test/clerk_exported_users.csv").write_bytes(csv)
    assert job.run() == 0
    assert "migrate.csv_incomplete" in capsys.readouterr().out


def test_a_refused_key_ends_the_run_before_the_upgrade(outdated: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    with ClerkServer() as clerk:
        monkeypatch.setattr(Job, "environment", {"CLERK_API_URL": clerk.url, KEY: "sk_test_wrong"})
        assert outdated.run(**UPGRADE) == 9
    assert_not_upgraded(outdated)


def test_a_missing_csv_ends_the_run_before_the_upgrade(outdated: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    (outdated.folder / "data/test/clerk_exported_users.csv").unlink()
    with ClerkServer() as clerk:
        monkeypatch.setattr(Job, "environment", {"CLERK_API_URL": clerk.url, KEY: clerk.key})
        assert outdated.run(**UPGRADE) == 3
    assert_not_upgraded(outdated)


def test_a_bad_users_file_ends_the_run_before_the_upgrade(outdated: Job) -> None:
    (outdated.folder / "data/test/clerk_users.json").write_text("[")
    assert outdated.run(SCHEMA="upgrade") == 3
    assert_not_upgraded(outdated)


def test_codes_that_could_not_be_written_end_the_run_before_the_upgrade(outdated: Job) -> None:
    (outdated.folder / "blocked").touch()
    assert outdated.run(SCHEMA="upgrade", BACKUP_CODES_FILE="blocked/codes.csv") == 3
    assert_not_upgraded(outdated)


def test_with_all_in_place_it_is_upgraded_and_migrated(outdated: Job) -> None:
    assert outdated.run(SCHEMA="upgrade", BACKUP_CODES_FILE="codes.csv") == 0
    assert outdated.sql("SELECT id FROM users") == [("user_1",)]


def test_an_upgrade_is_told_as_one_with_where_it_began(outdated: Job) -> None:
    assert outdated.run(STAGES="check", SCHEMA="upgrade", DRY_RUN="1") == 0
    assert outdated.report["stages"][0]["outcome"] == "would be upgraded"
    assert outdated.run(STAGES="check", SCHEMA="upgrade") == 0
    (stage,) = outdated.report["stages"]
    assert (stage["outcome"], stage["counts"]) == ("upgraded", {"from": "0040", "revision": "0075", "target": "0075"})
    assert outdated.run(STAGES="check", SCHEMA="upgrade") == 0
    assert outdated.report["stages"][0]["outcome"] == "current"
