"""docker-compose.yml: the sandbox profile shows the whole migration with one command."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.container.engine import ROOT, docker

pytestmark = pytest.mark.container
CLEAN_ENVIRONMENT = {name: value for name, value in os.environ.items() if "CLERK" not in name}
PROJECT = f"c2b-test-{os.getpid()}"


def compose(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = ["docker", "compose", "--project-name", PROJECT, "--profile", "sandbox", *arguments]
    environment = {**os.environ, "SANDBOX_USERS": "100"}
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=environment)


@pytest.fixture
def nothing_left() -> Iterator[None]:
    yield
    compose("down", "--volumes", "--timeout", "5")


@pytest.mark.usefixtures("nothing_left")
def test_one_command_shows_the_whole_migration() -> None:
    done = compose("run", "--rm", "--no-TTY", "--build", "sandbox-job")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]  # after the build's output
    stages = [event["stage"] for event in events if event["event"] == "stage.ended"]
    assert stages == ["check", "export", "migrate", "verify"]
    again = compose("run", "--rm", "--no-TTY", "--no-deps", "sandbox-job")
    assert again.returncode == 0, again.stdout[-2000:]


def test_the_job_waits_for_a_healthy_database_and_is_never_restarted() -> None:
    services = json.loads(compose("config", "--format", "json").stdout)["services"]
    assert services["job"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in ("job", "sandbox-job"):
        assert services[name]["restart"] == "no"
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]


def test_lobechat_waits_for_the_job() -> None:
    command = ["compose", "--file", "docker-compose.yml", "--file", "examples/docker-compose.lobechat.yml"]
    services = json.loads(docker(*command, "config", "--format", "json"))["services"]
    assert services["lobechat"]["depends_on"]["job"]["condition"] == "service_completed_successfully"


PASSED = {
    "CLERK_TO_BETTERAUTH_MODE": "prod",
    "CLERK_TO_BETTERAUTH_DRY_RUN": "0",
    "CLERK_TO_BETTERAUTH_CONFIRM": "lobechat",
    "CLERK_TO_BETTERAUTH_STAGES": "check,migrate",
    "CLERK_TO_BETTERAUTH_SCHEMA": "upgrade",
    "CLERK_TO_BETTERAUTH_SCHEMA_TARGET": "0089",
    "CLERK_TO_BETTERAUTH_PATH": "simple",
    "CLERK_TO_BETTERAUTH_CONFLICTS": "skip",
    "CLERK_TO_BETTERAUTH_LOBECHAT_URL": "https://chat.example.org",
    "CLERK_TO_BETTERAUTH_LOG_FORMAT": "gcp",
    "CLERK_TO_BETTERAUTH_LOG_LEVEL": "debug",
}


def test_what_is_set_in_the_shell_reaches_the_job(tmp_path: Path) -> None:
    """Over .env; and what neither sets is not set at all, so that the job's own defaults hold."""
    (tmp_path / ".env").write_text("CLERK_TO_BETTERAUTH_DRY_RUN=1\nCLERK_TO_BETTERAUTH_BATCH_SIZE=7\n")
    (tmp_path / "docker-compose.yml").write_bytes((ROOT / "docker-compose.yml").read_bytes())

    def environment_of_job(environ: dict[str, str]) -> dict[str, str | None]:
        command = ["docker", "compose", "config", "--format", "json"]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=tmp_path, env={**CLEAN_ENVIRONMENT, **environ}
        )
        found: dict[str, str | None] = json.loads(done.stdout)["services"]["job"]["environment"]
        return found

    assert PASSED.items() <= environment_of_job(PASSED).items()
    alone = environment_of_job({})
    assert alone["CLERK_TO_BETTERAUTH_DRY_RUN"] == "1"
    assert alone["CLERK_TO_BETTERAUTH_BATCH_SIZE"] == "7"
    assert {alone.get(name) for name in PASSED if name != "CLERK_TO_BETTERAUTH_DRY_RUN"} == {None}
