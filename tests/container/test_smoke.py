"""Smoke in its container: beside the simulated LobeChat 2, and as the Compose example starts it."""

import json
from collections.abc import Iterator

import pytest

from job.core.errors import ExitCode
from tests.container.engine import Container, docker, wait_until
from tests.container.settings import Start, url

pytestmark = pytest.mark.container
EXAMPLES = ("docker-compose.yml", "examples/docker-compose.lobechat.yml", "examples/docker-compose.smoke.yml")


@pytest.fixture
def lobechat_2(sandbox_image: str, clerk: Container, database: str) -> Iterator[Container]:
    """LobeChat 2 on the test's database, at port 3210."""
    command = ("lobechat-server", "--url", url(database))
    with Container(sandbox_image, *command, options=[f"--network=container:{clerk.id}"]) as container:
        wait_until("LobeChat serves", lambda: "serving on" in container.logs())
        yield container
        container.stop()


def test_smoke_passes_after_the_migration(start: Start, lobechat_2: Container) -> None:
    assert lobechat_2
    assert start().ended().code == ExitCode.DONE
    smoke = {"CLERK_TO_BETTERAUTH_STAGES": "smoke", "CLERK_TO_BETTERAUTH_LOBECHAT_URL": "http://127.0.0.1:3210"}
    ended = start(**smoke).ended()
    assert ended.code == ExitCode.DONE, ended.lines[-5:]
    assert {event["result"] for event in ended.events if event["event"] == "smoke.check"} == {"passed", "skipped"}
    ended = start(**{**smoke, "CLERK_TO_BETTERAUTH_LOBECHAT_URL": "http://localhost:3210"}).ended()
    assert (
        ended.code == ExitCode.PEOPLE_KEPT_OUT
    )  # the providers would lead people to another address than the one typed


def test_the_compose_example_asks_lobechat_once_it_is_up() -> None:
    files = [argument for file in EXAMPLES for argument in ("--file", file)]
    smoke = json.loads(docker("compose", *files, "config", "--format", "json"))["services"]["smoke"]
    assert smoke["depends_on"]["lobechat"]["condition"] == "service_started"
    assert smoke["network_mode"] == "service:lobechat"
    assert smoke["environment"]["CLERK_TO_BETTERAUTH_STAGES"] == "smoke"
    assert smoke["read_only"] is True
    assert smoke["cap_drop"] == ["ALL"]
