"""The job in its container, from settings to exit code: read-only root, no capabilities, one JSON object a line."""

import json
import os
from pathlib import Path

import pytest

from job.core.errors import ExitCode
from tests.container.engine import Container, hardened, wait_until
from tests.container.settings import CSV, Start

pytestmark = pytest.mark.container
NOWHERE = "http://127.0.0.1:9/v1"  # nothing listens on the discard port


def test_a_migration_ends_well_and_a_second_run_too(start: Start, data: Path) -> None:
    first = start().ended()
    assert first.code == ExitCode.DONE, first.lines[-5:]
    second = start().ended()
    assert second.code == ExitCode.DONE, second.lines[-5:]
    report = data / "test" / "report" / "latest"
    assert json.loads((report / "report.json").read_text())
    assert "<html" in (report / "report.html").read_text()
    assert "<testcase" in (report / "junit.xml").read_text()


def test_every_line_of_the_log_is_one_json_object(start: Start) -> None:
    events = start().ended().events
    assert all({"timestamp", "level", "event", "run_id"} <= event.keys() for event in events)
    assert events[-1]["event"] == "run.ended"


def test_a_dry_run_changes_nothing(start: Start, postgres: Container, database: str) -> None:
    query = "SELECT count(*) FROM information_schema.tables"
    psql = ("psql", "--username=postgres", "--tuples-only", "--command", query, database)
    before = postgres.execute(*psql)
    assert start(CLERK_TO_BETTERAUTH_DRY_RUN="1").ended().code == ExitCode.DONE
    assert postgres.execute(*psql) == before


def test_any_user_will_do(start: Start, job_image: str, data: Path) -> None:
    for path in (data, *data.rglob("*")):
        path.chmod(0o777)
    ended = start(*hardened(user="123456:0")).ended()
    assert ended.code == ExitCode.DONE, ended.lines[-5:]
    assert (data / "test" / "clerk_users.json").stat().st_uid == 123456
    tidy = ["--user=123456:0", f"--volume={data}:/data", "--entrypoint=rm"]  # the files are not the caller's to delete
    with Container(job_image, "-r", "/data/test", options=tidy) as container:
        assert container.ended().code == 0


def test_the_termination_message_arrives(start: Start, tmp_path: Path) -> None:
    message = tmp_path / "termination-log"
    message.touch()
    mount = f"--volume={message}:/dev/termination-log"
    ended = start(*hardened(), mount, TEST_CLERK_TO_BETTERAUTH_CLERK_SECRET_KEY="sk_test_wrong").ended()
    assert ended.code == ExitCode.CLERK_KEY
    assert 0 < len(message.read_bytes()) <= 4096
    assert "sk_test_wrong" not in message.read_text()


def test_nothing_but_the_data_folder_is_written(start: Start) -> None:
    ended = start(f"--user={os.getuid()}:{os.getgid()}").ended()
    assert ended.code == ExitCode.DONE
    assert ended.changes == []


@pytest.mark.parametrize(
    ("code", "settings"),
    [
        pytest.param(ExitCode.SETTINGS, {"CLERK_TO_BETTERAUTH_DRY_RUN": "maybe"}, id="settings"),
        pytest.param(ExitCode.SCHEMA_OUTDATED, {"CLERK_TO_BETTERAUTH_SCHEMA": "check"}, id="outdated schema"),
        pytest.param(
            ExitCode.CLERK_KEY, {"TEST_CLERK_TO_BETTERAUTH_CLERK_SECRET_KEY": "sk_test_wrong"}, id="refused key"
        ),
        pytest.param(ExitCode.TEMPORARY, {"CLERK_API_URL": NOWHERE, "CLERK_EXPORT_RETRIES": "1"}, id="no Clerk"),
    ],
)
def test_the_exit_code_arrives(start: Start, code: ExitCode, settings: dict[str, str]) -> None:
    ended = start(**settings).ended()
    assert ended.code == code, ended.lines[-5:]
    assert any(event.get("exit_code") == code for event in ended.events)


def test_a_missing_csv_ends_with_3(start: Start, data: Path) -> None:
    (data / "test" / CSV).unlink()
    assert start().ended().code == ExitCode.INPUT


def test_addresses_that_no_sign_in_finds_fail_the_verification(
    start: Start, postgres: Container, database: str
) -> None:
    assert start().ended().code == ExitCode.DONE
    spoil = "UPDATE users SET email = upper(email)"
    postgres.execute("psql", "--username=postgres", "--command", spoil, database)
    assert start(CLERK_TO_BETTERAUTH_STAGES="verify").ended().code == ExitCode.VERIFICATION


def test_a_second_run_is_refused_and_docker_stop_ends_the_first(start: Start, slow_clerk: str) -> None:
    first = start(CLERK_API_URL=slow_clerk)
    wait_until("the first run exports", lambda: '"stage": "export"' in first.logs() or "stage.ended" in first.logs())
    assert start().ended().code == ExitCode.LOCK_HELD
    first.stop()
    ended = first.ended()
    assert ended.code == ExitCode.TERMINATED, ended.lines[-5:]
    assert ended.events[-1]["event"] == "run.ended"
