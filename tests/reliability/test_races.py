"""LobeChat goes on writing while the job is at work: nothing is doubled, nothing lost, and nobody done by half."""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import msgspec
import psycopg2
import pytest

from tests.support.job import DIGEST, Job
from tests.support.processes import clerk_users, start, wait_for_blocked_job

SECRET = "7777777777777777777777777777777Q"
DOUBLED = """
    SELECT user_id FROM accounts WHERE provider_id = 'credential' GROUP BY user_id HAVING count(*) > 1
    UNION ALL SELECT min(user_id) FROM accounts WHERE provider_id <> 'credential'
    GROUP BY provider_id, account_id HAVING count(*) > 1
    UNION ALL SELECT user_id FROM two_factor GROUP BY user_id HAVING count(*) > 1"""

# What LobeChat writes after the plan was made and before the user's batch; each of another user.
MEANWHILE = {
    "user_51": "INSERT INTO accounts (id, user_id, provider_id, account_id, password, updated_at)"
    " VALUES ('own_password', 'user_51', 'credential', 'user_51', 'aa:bb', now())",
    "user_62": "INSERT INTO accounts (id, user_id, provider_id, account_id, updated_at)"
    " VALUES ('own_link', 'user_62', 'google', 'g62', now())",
    "user_73": "INSERT INTO two_factor (id, user_id, secret, backup_codes) VALUES ('own_factor', 'user_73', 's', 'b')",
    "user_84": "DELETE FROM users WHERE id = 'user_84'",
    "user_95": "UPDATE users SET first_name = 'Own', full_name = 'Own' WHERE id = 'user_95'",
    "user_206": "INSERT INTO users (id, email, full_name) VALUES ('user_206', 'U206@example.org', 'By webhook')",
}


@pytest.fixture
def with_two_factor(job: Job) -> Job:
    users = [msgspec.structs.replace(one, totp_enabled=True) for one in clerk_users()]
    cells = {"password_digest": DIGEST, "password_hasher": "bcrypt", "totp_secret": SECRET}
    job.give(users, **{one.id: cells for one in users})
    return job


def events(output: str, name: str) -> list[dict[str, Any]]:
    lines = (json.loads(line) for line in output.splitlines() if line.startswith("{"))
    return [line for line in lines if line["event"] == name]


def run_overtaken(job: Job, write: Callable[[Any], object], **settings: str) -> str:
    """A run whose first batch waits while `write` does something on another connection; its output."""
    with closing(psycopg2.connect(job.url)) as holder, holder.cursor() as cursor:
        cursor.execute("SELECT FROM users WHERE id IN ('user_1', 'user_2') FOR UPDATE")
        with start(job, **settings) as process:
            wait_for_blocked_job(cursor)
            with closing(psycopg2.connect(job.url)) as lobechat, lobechat, lobechat.cursor() as other:
                write(other)
            holder.rollback()
            output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output[-3000:]
    return output


def test_what_lobechat_writes_between_plan_and_batch_is_doubled_nowhere(with_two_factor: Job) -> None:
    job = with_two_factor
    output = run_overtaken(job, lambda lobechat: [lobechat.execute(one) for one in MEANWHILE.values()])
    assert job.sql(DOUBLED) == []
    [overtaken] = events(output, "migrate.overtaken")
    assert overtaken["users"] == len(MEANWHILE)
    _, again, _ = events(output, "migrate.planned")
    assert sum(again["users"].values()) == len(MEANWHILE), "only they are planned again"
    assert job.sql("SELECT id, password FROM accounts WHERE user_id = 'user_51' AND provider_id = 'credential'") == [
        ("own_password", "aa:bb")
    ]
    assert job.sql("SELECT id FROM accounts WHERE account_id = 'g62'") == [("own_link",)]
    assert job.sql("SELECT id FROM two_factor WHERE user_id = 'user_73'") == [("own_factor",)]
    assert job.sql("SELECT email, full_name FROM users WHERE id IN ('user_95', 'user_206') ORDER BY 1") == [
        ("u206@example.org", "By webhook"),
        ("u95@example.org", "Own"),
    ]
    assert job.sql("SELECT count(*) FROM accounts") == [(600,)]
    assert job.run() == 0
    assert job.report["counts"]["users"] == {"unchanged": 300}


def test_a_plan_that_follows_another_judges_each_user_once(job: Job) -> None:
    """Two of them at a domain that LobeChat 2.2.2 refuses, which each plan asks for anew."""
    job.sql("INSERT INTO users (id, email) VALUES ('own', 'own@duck.com'), ('other', 'other@duck.com')")
    settings = {"STAGES": "migrate", "LOBECHAT_RELEASE": "2.2.2"}
    output = run_overtaken(job, lambda lobechat: lobechat.execute(MEANWHILE["user_95"]), **settings)
    assert len(events(output, "migrate.overtaken")) == 1
    job.read_report()
    assert sum(job.report["sign_in"].values()) == 302
    assert sorted(user_id for user_id, reason, _ in job.attention() if reason == "email_refused") == ["other", "own"]


def test_users_who_are_in_lobechat_all_the_time_do_not_starve_the_job(job: Job) -> None:
    """Each request of theirs moves last_active_at, many times in the time that a run takes."""
    ended = threading.Event()

    def touch() -> None:
        with closing(psycopg2.connect(job.url)) as lobechat, lobechat.cursor() as cursor:
            lobechat.autocommit = True
            number = 0
            while not ended.wait(0.05):
                number += 7
                cursor.execute("UPDATE users SET last_active_at = now() WHERE id = %s", (f"user_{number % 200 + 1}",))

    visitors = threading.Thread(target=touch)
    visitors.start()
    try:
        with start(job) as process:
            output, _ = process.communicate(timeout=300)
    finally:
        ended.set()
        visitors.join()
    assert process.returncode == 0, output[-3000:]
    assert job.sql(DOUBLED) == []
    assert job.sql("SELECT count(*) FROM accounts") == [(600,)]
    assert all(one["attempt"] < 4 for one in events(output, "migrate.overtaken"))


def test_whoever_was_merely_there_is_not_planned_again(job: Job) -> None:
    """last_active_at is not the job's to write."""
    touch = "UPDATE users SET last_active_at = now() WHERE id NOT IN ('user_1', 'user_2')"
    output = run_overtaken(job, lambda lobechat: lobechat.execute(touch))
    assert job.sql("SELECT count(*) FROM accounts") == [(600,)]
    assert events(output, "migrate.overtaken") == []


def test_a_user_who_changes_something_during_a_rollback_is_kept_whole(job: Job) -> None:
    """LobeChat holds the row of a user when the user's batch comes to it."""
    assert job.run() == 0
    with closing(psycopg2.connect(job.url)) as other, other.cursor() as cursor:
        cursor.execute("UPDATE users SET first_name = 'Own' WHERE id = 'user_150'")
        with start(job, STAGES="rollback") as process:
            wait_for_blocked_job(cursor)
            other.commit()
            output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output[-2000:]
    job.read_report()
    assert {user_id for user_id, _, _ in job.attention()} == {"user_150"}
    assert job.report["stages"][0]["counts"] == {"users": 299, "accounts": 598, "two_factor": 0, "kept": 1}
    assert job.sql("SELECT DISTINCT user_id, count(*) FROM accounts GROUP BY user_id") == [("user_150", 2)]
    assert job.run() == 0
    assert job.one("first_name", 150) == "Own"
