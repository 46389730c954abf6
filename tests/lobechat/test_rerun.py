"""A second run, a newer export, and what users changed in LobeChat in between."""

from typing import Any

import pytest

from tests.support.job import DIGEST, Job, google, user

OTHER_DIGEST = "$2b$04$" + "b" * 53
SECRET = "7777777777777777777777777777777Q"
CHANGES = {
    "email": "own@example.org",
    "username": "own_name",
    "first_name": "Own",
    "last_name": "Name",
    "full_name": "Own Name",
    "avatar": "https://lobechat.example.org/own.png",
    "phone": "+15551111",
    "role": "admin",
}


def give(job: Job, digest: str = DIGEST, **fields: Any) -> None:
    values: dict[str, Any] = {"password_enabled": True, "external_accounts": (google(1),), **fields}
    job.give([user(1, **values)], user_1={"password_digest": digest, "password_hasher": "bcrypt"})


def test_a_second_run_writes_nothing(job: Job) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('user_1', 'U1@example.org')")
    give(job, totp_enabled=True)
    assert job.run() == 0
    versions = "SELECT id, xmin::text FROM users UNION ALL SELECT id, xmin::text FROM accounts ORDER BY 1"
    before, batches = job.sql(versions), job.sql("SELECT count(*) FROM clerk_to_betterauth.batches")
    assert job.run() == 0
    assert job.sql(versions) == before
    assert job.sql("SELECT count(*) FROM clerk_to_betterauth.batches") == batches
    assert job.report["counts"]["users"] == {"unchanged": 1}


def test_a_newer_export_brings_over_what_changed_at_clerk(job: Job) -> None:
    give(job, username="old", first_name="Old")
    assert job.run() == 0
    give(job, OTHER_DIGEST, username="new", first_name="New", banned=True)
    assert job.run() == 0
    assert (job.one("username"), job.one("first_name"), job.one("banned")) == ("new", "New", True)
    assert job.sql("SELECT password FROM accounts WHERE provider_id = 'credential'") == [(OTHER_DIGEST,)]


@pytest.mark.parametrize("column", CHANGES)
def test_what_a_user_changed_in_lobechat_survives(job: Job, column: str) -> None:
    give(job)
    assert job.run() == 0
    job.sql(f"UPDATE users SET {column} = %s", CHANGES[column])
    give(job, first_name="New", last_name="New", username="new", image_url="https://img.clerk.com/n", has_image=True)
    assert job.run() == 0
    assert job.one(column) == CHANGES[column]


def test_a_password_set_in_lobechat_survives_a_newer_export(job: Job) -> None:
    give(job)
    assert job.run() == 0
    job.sql("UPDATE accounts SET password = 'aa:bb' WHERE provider_id = 'credential'")
    give(job, OTHER_DIGEST)
    assert job.run() == 0
    assert job.sql("SELECT password FROM accounts WHERE provider_id = 'credential'") == [("aa:bb",)]
    assert ("user_1", "changed_since", "credential") in job.attention()


def test_what_was_deleted_in_lobechat_is_not_made_again(job: Job) -> None:
    give(job)
    assert job.run() == 0
    job.sql("DELETE FROM accounts WHERE provider_id = 'google'")
    assert job.run() == 0
    assert job.sql("SELECT provider_id FROM accounts") == [("credential",)]
    job.sql("DELETE FROM users")
    assert job.run() == 0
    assert job.sql("SELECT count(*) FROM users") == [(0,)]


def test_a_link_removed_at_clerk_is_named(job: Job) -> None:
    give(job)
    assert job.run() == 0
    give(job, external_accounts=())
    assert job.run() == 0
    assert ("user_1", "link_removed_at_clerk", "google") in job.attention()


def test_an_unban_in_lobechat_is_kept(job: Job) -> None:
    give(job, banned=True)
    assert job.run() == 0
    job.sql("UPDATE users SET banned = false")
    assert job.run() == 0
    assert job.one("banned") is False


def test_the_backup_codes_of_a_second_run_are_those_of_the_first(job: Job) -> None:
    job.give([user(1, totp_enabled=True)], user_1={"totp_secret": SECRET})
    path = job.folder / "codes.csv"
    assert job.run(BACKUP_CODES_FILE=str(path)) == 0
    codes = path.read_text()
    assert codes.startswith("user_id,backup_codes\nuser_1,")
    assert path.stat().st_mode & 0o777 == 0o600
    job.sql("DROP SCHEMA clerk_to_betterauth CASCADE")
    job.sql("DELETE FROM users")
    assert job.run(BACKUP_CODES_FILE=str(path)) == 0
    assert path.read_text() == codes


def test_no_codes_are_handed_out_for_a_factor_that_lobechat_already_had(job: Job) -> None:
    job.give([user(1, totp_enabled=True)], user_1={"totp_secret": SECRET})
    job.sql("INSERT INTO users (id, email) VALUES ('user_1', 'u1@example.org')")
    job.sql("INSERT INTO two_factor (id, user_id, secret, backup_codes) VALUES ('own', 'user_1', 's', 'b')")
    path = job.folder / "codes.csv"
    assert job.run(BACKUP_CODES_FILE=str(path)) == 0
    assert job.sql("SELECT id, secret FROM two_factor") == [("own", "s")]
    assert "user_1" not in (path.read_text() if path.exists() else "")


def test_codes_that_nobody_asked_for_can_be_had_by_a_second_run(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.give([user(1, totp_enabled=True)], user_1={"totp_secret": SECRET})
    assert job.run() == 0
    assert "migrate.backup_codes_unwritten" in capsys.readouterr().out
    before = job.rows()
    assert job.run(BACKUP_CODES_FILE="codes.csv") == 0
    assert "user_1," in (job.folder / "codes.csv").read_text()
    assert job.rows() == before
