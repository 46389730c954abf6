"""The Docker engine as the tests use it: build, run, wait, look, all through the ordinary command."""

import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
JOB, SANDBOX = "clerk-to-betterauth:test", "clerk-to-betterauth-sandbox:test"
POSTGRES = os.environ.get("POSTGRES_IMAGE", "pgvector/pgvector:pg17")  # as in docker-compose.yml


def docker(*arguments: str, check: bool = True) -> str:
    """One docker command; its output, without the last line's end."""
    done = subprocess.run(["docker", *arguments], check=False, capture_output=True, text=True, cwd=ROOT)
    if check:
        assert done.returncode == 0, f"docker {arguments[0]}: {done.stderr}"
    return done.stdout.strip()


def build(target: str, tag: str) -> str:
    docker("build", "--quiet", "--target", target, "--tag", tag, ".")
    return tag


def inspect(name: str, template: str) -> Any:
    return json.loads(docker("inspect", "--format", f"{{{{json {template}}}}}", name))


def wait_until(what: str, is_so: Any, seconds: float = 120) -> None:
    """Ask again until it is so; a test that waits in vain fails with `what`."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.2)


@dataclass(frozen=True)
class Ended:
    """What a run of the job left behind."""

    code: int
    lines: list[str]
    changes: list[str]  # of its root file system, as docker diff names them

    @property
    def events(self) -> list[dict[str, Any]]:
        """The log; every line must be one JSON object."""
        events = [json.loads(line) for line in self.lines]
        assert all(isinstance(event, dict) for event in events)
        return events


class Container:
    """A container under a name of the engine's choice; gone after the block."""

    def __init__(self, image: str, *command: str, options: Sequence[str] = ()) -> None:
        self.id = docker("create", *options, image, *command)
        docker("start", self.id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        docker("rm", "--force", "--volumes", self.id, check=False)

    def logs(self) -> str:
        done = subprocess.run(["docker", "logs", self.id], check=True, stderr=subprocess.STDOUT, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def execute(self, *command: str) -> str:
        return docker("exec", self.id, *command)

    def stop(self) -> None:
        docker("stop", "--time", "30", self.id)

    def ended(self) -> Ended:
        """Wait for its end."""
        code = int(docker("wait", self.id))
        return Ended(code, self.logs().splitlines(), docker("diff", self.id).splitlines())


def hardened(user: str = f"{os.getuid()}:{os.getgid()}") -> tuple[str, ...]:
    """The options of docker-compose.yml and of the Kubernetes Job."""
    return ("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges", f"--user={user}")
