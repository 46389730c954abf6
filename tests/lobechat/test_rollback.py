"""Rollback puts back what stood there, byte for byte, and keeps what was changed since."""

import pytest

from tests.support.job import DIGEST, TABLES, Job, google, user


def migrate(job: Job) -> None:
    job.sql("INSERT INTO users (id, email, full_name) VALUES ('user_1', 'U1@example.org', 'One'), ('user_2', NULL, '')")
    job.sql("INSERT INTO messages (id, role, content, user_id) VALUES ('m', 'user', 'hello', 'user_1')")
    users = [
        user(number, external_accounts=(google(number),), password_enabled=True, totp_enabled=True)
        for number in range(1, 6)
    ]
    cells = {"password_digest": DIGEST, "password_hasher": "bcrypt", "totp_secret": "7777777777777777777777777777777Q"}
    job.give(users, **{one.id: cells for one in users})


def test_a_full_run_is_taken_back_to_the_byte(job: Job) -> None:
    migrate(job)
    before = job.rows(*TABLES, "messages")
    assert job.run(BATCH_SIZE="2") == 0
    assert job.rows() != {table: before[table] for table in TABLES}
    assert job.run(STAGES="rollback") == 0
    assert job.rows(*TABLES, "messages") == before


def test_a_dry_run_of_it_writes_nothing(job: Job) -> None:
    migrate(job)
    assert job.run() == 0
    before = job.rows(*TABLES, "clerk_to_betterauth.users")
    assert job.run(STAGES="rollback", DRY_RUN="1") == 0
    assert job.rows(*TABLES, "clerk_to_betterauth.users") == before
    assert job.report["stages"][0]["counts"]["users"] == 5


def test_who_changed_something_since_keeps_it_and_is_named(job: Job) -> None:
    migrate(job)
    assert job.run() == 0
    job.sql("UPDATE users SET first_name = 'Own' WHERE id = 'user_1'")
    job.sql("INSERT INTO messages (id, role, content, user_id) VALUES ('n', 'user', 'mine', 'user_3')")
    job.sql("UPDATE accounts SET password = 'aa:bb' WHERE id = 'cred_user_2'")
    assert job.run(STAGES="rollback") == 0
    assert {user_id for user_id, reason, _ in job.attention() if reason == "kept_on_rollback"} == {
        "user_1",
        "user_2",
        "user_3",
    }
    assert job.one("first_name") == "Own"
    assert job.sql("SELECT content FROM messages WHERE user_id = 'user_3'") == [("mine",)]
    assert job.sql("SELECT id FROM accounts") == [("cred_user_2",)]
    assert job.sql("SELECT id FROM users WHERE id IN ('user_4', 'user_5')") == []


def test_run_twice_it_does_nothing(job: Job) -> None:
    migrate(job)
    assert job.run() == 0
    assert job.run(STAGES="rollback") == 0
    before = job.rows()
    assert job.run(STAGES="rollback") == 0
    assert job.rows() == before


def test_two_runs_are_taken_back_newest_first(job: Job) -> None:
    migrate(job)
    before = job.rows()
    assert job.run() == 0
    job.give([user(1, username="new"), user(2, username="newer")])
    assert job.run() == 0
    assert job.one("username") == "new"
    assert job.run(STAGES="rollback") == 0
    assert job.rows() == before


def test_after_it_the_migration_can_be_run_again(job: Job) -> None:
    migrate(job)
    assert job.run() == 0
    after = job.rows()
    assert job.run(STAGES="rollback") == 0
    assert job.run() == 0
    assert job.rows() == after


def test_after_one_that_kept_someone_too(job: Job) -> None:
    migrate(job)
    assert job.run() == 0
    job.sql("UPDATE users SET first_name = 'Own' WHERE id = 'user_1'")
    job.sql("UPDATE accounts SET password = 'aa:bb' WHERE id = 'cred_user_2'")
    assert job.run(STAGES="rollback") == 0
    assert job.run() == 0
    assert job.one("first_name") == "Own"
    assert job.run(STAGES="verify") == 0


def test_it_takes_back_what_its_dry_run_said(job: Job) -> None:
    """Counted by user and link, whatever the number of runs that wrote them."""
    migrate(job)
    assert job.run() == 0
    job.give([user(1, username="new"), user(2), user(3, external_accounts=(google(3),))])
    assert job.run() == 0
    job.sql("UPDATE users SET first_name = 'Own' WHERE id = 'user_1'")
    told = []
    for dry_run in ("1", "0"):
        assert job.run(STAGES="rollback", DRY_RUN=dry_run) == 0
        told.append(job.report["stages"][0]["counts"])
    assert told[0] == told[1] == {"users": 4, "accounts": 10, "two_factor": 5, "kept": 1}


def test_cleanup_drops_the_jobs_schema_and_only_for_real(job: Job) -> None:
    migrate(job)
    assert job.run() == 0
    present = "SELECT to_regnamespace('clerk_to_betterauth') IS NOT NULL"
    assert job.run(STAGES="cleanup", DRY_RUN="1") == 0
    assert job.sql(present) == [(True,)]
    assert job.run(STAGES="cleanup") == 0
    assert job.sql(present) == [(False,)]


@pytest.mark.parametrize("stage", ["rollback", "cleanup"])
def test_where_the_job_wrote_nothing_it_says_so(job: Job, stage: str) -> None:
    assert job.run(STAGES=stage) == 0
    assert job.report["headline"] == "There was nothing to do"
