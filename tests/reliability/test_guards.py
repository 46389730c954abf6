"""Two runs at once, a database that fails, the least privileges, and no secret anywhere."""

import csv
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from job.lobechat.session import database
from job.settings import Stage
from job.stages import STAGES, Outcome, Run, verify
from sandbox.postgres import Postgres
from tests.support.job import PREFIX, TABLES, Job, with_user
from tests.support.processes import start, wait_for_blocked_job

END_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'clerk-to-betterauth%'"
)
SCRIPT = Path(__file__).parents[2] / "docs" / "least-privilege.sql"


def test_the_second_of_two_runs_leaves_with_8_and_writes_nothing(job: Job) -> None:
    with closing(psycopg2.connect(job.url)) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        with start(job, STAGES="migrate") as first:
            assert first.stdout is not None
            while "lock.held" not in first.stdout.readline():
                pass
            assert job.run(STAGES="rollback") == 8
            assert "another run is at work" in job.report["error"]["message"]
            first.kill()
        other.rollback()
    assert job.run() == 0


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (lambda url: with_user(url, "postgres", "wrong"), 2),
        (lambda url: url.rpartition("/")[0] + "/nowhere", 2),
        (lambda url: with_user(url, "postgres", "x").replace(f":{urlsplit(url).port}", ":1"), 75),
    ],
    ids=["password", "database", "port"],
)
def test_a_database_out_of_reach_ends_with_its_own_code(
    job: Job, url: object, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(database.PATIENCE_SECONDS, "node", 2)
    job.url = url(job.url)  # type: ignore[operator]
    assert job.run() == code


@pytest.mark.parametrize("right", ["LOGIN", "CONNECT"])
def test_a_role_that_may_not_come_in_is_told_so_at_once(job: Job, server: Postgres, right: str) -> None:
    role, name = "shut_out", urlsplit(job.url).path[1:]
    server.execute(f"CREATE ROLE {role} PASSWORD 'x' {'' if right == 'LOGIN' else 'LOGIN'}")
    server.execute(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")
    job.url = with_user(job.url, role, "x")
    try:
        assert job.run() == 2
    finally:
        server.execute(f"DROP ROLE {role}")


def test_a_server_without_tls_is_refused_where_tls_is_required(job: Job) -> None:
    assert job.run(DATABASE_DRIVER="neon") == 2


def test_a_read_only_database_is_named_and_not_written(job: Job, server: Postgres) -> None:
    before = job.rows()
    name = urlsplit(job.url).path[1:]
    server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert job.run() == 5
    server.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    assert job.rows() == before


def test_killed_backends_cost_nothing(job: Job, server: Postgres) -> None:
    with start(job) as process:
        assert process.stdout is not None
        while "migrate.batch" not in process.stdout.readline():
            pass
        server.execute(END_SESSIONS)
        output, _ = process.communicate(timeout=120)
    assert process.returncode in {0, 75}, output[-2000:]
    assert job.run() == 0
    assert job.sql("SELECT count(*) FROM users") == [(300,)]
    assert job.sql("SELECT count(*) FROM accounts") == [(600,)]


def test_a_log_that_nobody_reads_any_more_stops_nothing(job: Job) -> None:
    with start(job) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=120) == 0
    assert job.sql("SELECT count(*) FROM accounts") == [(600,)]


def test_the_least_privileges_are_enough(job: Job, server: Postgres) -> None:
    owner = job.url
    before = job.rows(*TABLES, "messages")
    name = urlsplit(owner).path[1:]
    script = SCRIPT.read_text().replace("clerk_to_betterauth", "least").replace("choose-one", "secret-of-least")
    job.sql(script)
    try:
        job.url = with_user(owner, "least", "secret-of-least")
        assert job.run() == 0
        assert job.run(STAGES="rollback") == 0
        assert job.run(STAGES="cleanup") == 0
    finally:
        job.url = owner
        server.execute("DROP OWNED BY least", name)
        server.execute("DROP ROLE least")
    assert job.rows(*TABLES, "messages") == before


def test_no_secret_and_no_persons_data_leaves_the_database(job: Job) -> None:
    password = urlsplit(job.url).password or ""
    with start(job, AUTH_SECRET="canary-of-auth-secret") as process:
        command = Path(f"/proc/{process.pid}/cmdline").read_text() if Path("/proc").exists() else ""
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    report = job.report_folder
    texts = [command, output, *(path.read_text() for path in report.iterdir())]
    for canary in (password, "canary-of-auth-secret", "@example.org", "$2b$", PREFIX.lower() + "never", "g17"):
        assert not any(canary in text for text in texts), canary
    assert {path.stat().st_mode & 0o777 for path in report.iterdir()} == {0o600}
    assert report.stat().st_mode & 0o777 == 0o700
    with (report / "attention.csv").open(newline="") as file:
        assert all(row["user_id"].startswith("user_") for row in csv.DictReader(file))


def test_a_clash_that_lobechat_causes_between_two_batches_is_named_and_nothing_is_lost(job: Job) -> None:
    """The plan had no conflict; what was written before it stays, and the next run refuses before its first write."""
    with closing(psycopg2.connect(job.url)) as other, other.cursor() as cursor, start(job) as process:
        cursor.execute("INSERT INTO users (id, email) VALUES ('new', 'u300@example.org')")
        assert process.stdout is not None
        wait_for_blocked_job(cursor)
        other.commit()
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 75, output[-2000:]
    job.read_report()
    written = job.sql("SELECT id FROM accounts")
    assert written
    assert job.report["conflicts_total"] == 1
    assert ("user_300", "conflict_email", "new") in job.attention()
    assert job.report["counts"]["users"] == {"insert": 100, "update": 200}
    assert job.run() == 6
    assert job.sql("SELECT id FROM accounts") == written
    job.sql("DELETE FROM users WHERE id = 'new'")
    assert job.run() == 0
    assert job.sql("SELECT count(*) FROM accounts") == [(600,)]


def test_a_connection_lost_before_verify_counts_nothing_twice(
    job: Job, server: Postgres, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cuts = iter([True])

    def cut(run: Run) -> Outcome:
        if next(cuts, False):
            server.execute(END_SESSIONS)
        return verify(run)

    monkeypatch.setitem(STAGES, Stage.VERIFY, cut)
    assert job.run() == 0
    assert capsys.readouterr().out.count("database.connection_lost") == 1
    assert job.report["counts"]["users"] == {"insert": 100, "update": 200}
    assert job.report["sign_in"]["password_or_sso"] == 300


def test_optimised_python_migrates_all_the_same(job: Job) -> None:
    with start(job, PYTHONOPTIMIZE="1") as process:
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output[-2000:]
    assert job.sql("SELECT count(*) FROM accounts") == [(600,)]
