"""LobeChat's rate limits are kept, as its own count of requests shows, and what it asks to wait is waited."""

import email.utils
import time

import pytest

from job.smoke import lobechat_api
from sandbox.better_auth_limit import SIGN_IN_REQUESTS
from sandbox.lobechat_server import Asked, LobeChatServer
from tests.support.rows import digest
from tests.support.smoke import WINDOW_SECONDS, Everyone, Smoke, trial


def asked(lobechat: LobeChatServer, path: str) -> list[Asked]:
    return [one for one in lobechat.asked if one.path.startswith(path)]


def test_no_window_holds_more_than_three_sign_in_requests(
    smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone
) -> None:
    for provider in ("keycloak", "auth0", "microsoft", "apple", "logto"):
        everyone.rows.link(everyone.google, provider, provider)
    for domain in ("duck.com", "mozmail.com"):
        everyone.rows.password(everyone.rows.user(email=f"someone@{domain}"), digest())
    assert smoke.run(**trial(everyone.password)) == 0
    requests = asked(lobechat, "/api/auth/sign-in")
    assert len(requests) == 11
    assert {one.status for one in requests} == {200, 401}
    moments = [one.moment for one in requests]
    for number, moment in enumerate(moments):
        assert sum(moment <= other < moment + WINDOW_SECONDS for other in moments[number:]) <= SIGN_IN_REQUESTS


def test_the_wait_of_x_retry_after_is_kept(
    smoke: Smoke, lobechat: LobeChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others at the same address, behind one proxy, have used up the limit."""
    monkeypatch.setattr(lobechat_api, "PATIENCE_SECONDS", 10.0)
    lobechat.better_auth.limit.window_seconds = 1.5

    def use_up(path: str) -> None:
        if path == "/api/auth/sign-in/email":
            lobechat.before_answer = None
            for _ in range(SIGN_IN_REQUESTS):
                lobechat.better_auth.limit.ask("127.0.0.1", "/sign-in/email")

    lobechat.before_answer = use_up
    assert smoke.run() == 0
    refused, again = asked(lobechat, "/api/auth/sign-in/email")
    assert (refused.status, again.status) == (429, 401)
    assert again.moment - refused.moment >= 1
    [event] = smoke.events("lobechat.unreachable")
    assert event["reason"].startswith("status 429, it asks to wait")
    assert event["wait_seconds"] >= 1


@pytest.mark.parametrize("as_date", [False, True])
def test_the_wait_of_retry_after_is_kept(
    as_date: bool, smoke: Smoke, lobechat: LobeChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lobechat_api, "PATIENCE_SECONDS", 10.0)
    lobechat.behaviour.status = {"/api/version": (429, 1)}
    lobechat.behaviour.retry_after = email.utils.formatdate(time.time() + 3, usegmt=True) if as_date else "2"
    assert smoke.run() == 0
    refused, again = asked(lobechat, "/api/version")
    assert again.moment - refused.moment >= 2


def test_a_wait_of_an_hour_is_left_to_the_next_run(smoke: Smoke, lobechat: LobeChatServer) -> None:
    lobechat.behaviour.status = {"/api/version": (429, 9)}
    lobechat.behaviour.retry_after = "3600"
    assert smoke.run() == 75
    assert len(asked(lobechat, "/api/version")) == 1


def test_a_lobechat_that_goes_on_refusing_ends_the_run(smoke: Smoke, lobechat: LobeChatServer) -> None:
    lobechat.behaviour.status = {"/api/auth/check-user": (429, 99)}
    assert smoke.run() == 75
    assert "does not answer at /api/auth/check-user: status 429" in smoke.report["error"]["message"]
