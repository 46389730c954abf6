"""docker-compose.yml: the sandbox profile shows the whole migration with one command."""

import json
import os
import subprocess
from collections.abc import Iterator

import pytest

from tests.container.engine import ROOT, docker

pytestmark = pytest.mark.container
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
