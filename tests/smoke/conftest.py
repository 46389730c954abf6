"""Fixtures: a database with people of every sign-in class, LobeChat 2 in front of it, and the job's stage smoke."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from job.smoke import lobechat_api, pace
from sandbox.lobechat_server import LobeChatServer
from tests.support.job import Job
from tests.support.rows import Rows, digest
from tests.support.smoke import WINDOW_SECONDS, Everyone, Smoke


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "WINDOW_SECONDS", WINDOW_SECONDS)
    monkeypatch.setattr(pace, "MARGIN_SECONDS", 0.05)
    monkeypatch.setattr(lobechat_api, "PATIENCE_SECONDS", 1.0)
    monkeypatch.setattr(lobechat_api, "FIRST_PAUSE_SECONDS", 0.01)


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


@pytest.fixture
def smoke(lobechat_url: str, lobechat: LobeChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Smoke:
    return Smoke(Job(lobechat_url, tmp_path), lobechat, lobechat.url, capsys)
