"""A database with people of every sign-in class, LobeChat 2 in front of it, and the job's stage smoke."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from job.run import main
from sandbox.lobechat_server import LobeChatServer
from tests.support.job import PREFIX, Job
from tests.support.rows import PASSWORD, Person, Rows

LOBECHATS = ("AUTH_", "SMTP_")  # the beginnings of LobeChat's own variables


WINDOW_SECONDS = 0.3  # in place of ten, for both sides


@dataclass
class Everyone:
    """One user of each class and more, by the name of the kind."""

    rows: Rows
    password: Person
    google: Person
    github: Person
    both: Person
    without_password: Person
    capitals: Person
    nameless: Person
    banned: Person

    def people(self) -> list[Person]:
        """All of them."""
        return [one for one in vars(self).values() if isinstance(one, Person)]


@dataclass
class Smoke:
    """The stage smoke of the real job."""

    job: Job
    lobechat: LobeChatServer
    url: str
    capture: pytest.CaptureFixture[str]
    mode: str = "test"
    output: str = ""
    report: dict[str, Any] = field(default_factory=dict)

    def run(self, **settings: str) -> int:
        environ = {
            f"{self.mode.upper()}_{PREFIX}DATABASE_URL": self.job.url,
            f"{PREFIX}DATABASE_DRIVER": "node",
            f"{PREFIX}MODE": self.mode,
            f"{PREFIX}STAGES": "smoke",
            f"{PREFIX}LOBECHAT_URL": self.url,
        }
        own = {name if name.startswith(LOBECHATS) else PREFIX + name: value for name, value in settings.items()}
        code = main(environ | own, self.job.folder)
        self.output = self.capture.readouterr().out
        self.report = json.loads((self.folder / "report.json").read_text())
        return code

    @property
    def folder(self) -> Path:
        """Where the newest report lies."""
        return self.job.folder / "data" / self.mode / "report" / "latest"

    def checks(self, result: str) -> dict[str, str]:
        """Message and hint of every check that ended so, by name."""
        return {
            one["name"]: f"{one['message']} | {one['hint']}" for one in self.report["smoke"] if one["result"] == result
        }

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log lines of one event."""
        lines = [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name]


def trial(person: Person, password: str = PASSWORD) -> dict[str, str]:
    """The settings that name a test user."""
    return {"SMOKE_EMAIL": person.email, "SMOKE_PASSWORD": password}
