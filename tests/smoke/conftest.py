"""A database with people of every sign-in class, LobeChat 2 in front of it, and the job's stage smoke."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from job.run import main
from job.smoke import lobechat_api, pace
from sandbox.lobechat_server import LobeChatServer
from tests.support.job import PREFIX, Job
from tests.support.rows import PASSWORD, Person, Rows, digest

LOBECHATS = ("AUTH_", "SMTP_")  # the beginnings of LobeChat's own variables
WINDOW_SECONDS = 0.3  # in place of ten, for both sides


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "WINDOW_SECONDS", WINDOW_SECONDS)
    monkeypatch.setattr(pace, "MARGIN_SECONDS", 0.05)
    monkeypatch.setattr(lobechat_api, "PATIENCE_SECONDS", 1.0)
    monkeypatch.setattr(lobechat_api, "FIRST_PAUSE_SECONDS", 0.01)


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


@pytest.fixture
def everyone(lobechat_url: str) -> Iterator[Everyone]:
    with Rows.of(lobechat_url) as rows:
        people = Everyone(
            rows,
            password=rows.user(username="by_name"),
            google=rows.user(),
            github=rows.user(email=None, username="github_only"),
            both=rows.user(),
            without_password=rows.user(),
            capitals=rows.user(email="Capital@example.com"),
            nameless=rows.user(email=None),
            banned=rows.user(banned=True),
        )
        for person in (people.password, people.both, people.banned):
            rows.password(person, digest())
        for person, provider in ((people.google, "google"), (people.both, "google"), (people.github, "github")):
            rows.link(person, provider, f"{provider}-{person.id}")
        yield people


@pytest.fixture
def lobechat(lobechat_url: str, everyone: Everyone) -> Iterator[LobeChatServer]:
    assert everyone
    with LobeChatServer(lobechat_url) as server:
        server.better_auth.limit.window_seconds = WINDOW_SECONDS
        yield server


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


@pytest.fixture
def smoke(lobechat_url: str, lobechat: LobeChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Smoke:
    return Smoke(Job(lobechat_url, tmp_path), lobechat, lobechat.url, capsys)


def trial(person: Person, password: str = PASSWORD) -> dict[str, str]:
    """The settings that name a test user."""
    return {"SMOKE_EMAIL": person.email, "SMOKE_PASSWORD": password}
