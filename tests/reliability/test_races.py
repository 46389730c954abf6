"""LobeChat goes on writing while the job is at work: nothing is doubled, nothing lost, and nobody done by half."""

from contextlib import closing

import psycopg2

from tests.reliability.conftest import start, wait_for_blocked_job
from tests.support.job import Job


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
