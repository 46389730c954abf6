"""The simulated LobeChat 2 answers as the real one's endpoints do."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.better_auth_limit import BetterAuthLimit
from sandbox.lobechat import NEW_PASSWORD, better_auth_digest
from sandbox.lobechat_server import LobeChatServer
from tests.support.rows import PASSWORD, Rows, digest

SIGN_IN = "/api/auth/sign-in/email"


@pytest.fixture
def rows(lobechat_url: str) -> Iterator[Rows]:
    with Rows.of(lobechat_url) as made:
        yield made


@pytest.fixture
def lobechat(lobechat_url: str) -> Iterator[LobeChatServer]:
    with LobeChatServer(lobechat_url) as server:
        server.better_auth.limit.window_seconds = 0.0
        server.behaviour.refused_domains = frozenset({"duck.com"})
        yield server


@pytest.fixture
def browser(lobechat: LobeChatServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=lobechat.url, headers={"Origin": lobechat.url}) as client:
        yield client


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_the_sign_in_page_looks_people_up(browser: httpx.Client, rows: Rows) -> None:
    with_password, without = rows.user(username="name"), rows.user()
    rows.password(with_password, "$argon2id$whatever")
    ask = {"email": f"  {with_password.email.upper()} "}
    assert browser.post("/api/auth/check-user", json=ask).json() == {"exists": True, "hasPassword": True}
    ask = {"email": without.email}
    assert browser.post("/api/auth/check-user", json=ask).json() == {"exists": True, "hasPassword": False}
    assert browser.post("/api/auth/check-user", json={"email": "x@example.com"}).json() == {"exists": False}
    found = browser.post("/api/auth/resolve-username", json={"username": "name"}).json()
    assert found == {"exists": True, "email": with_password.email}
    assert browser.post("/api/auth/resolve-username", json={"username": "Name"}).json() == {"exists": False}


def test_a_sign_in_begins_a_session_that_a_sign_out_ends(browser: httpx.Client, rows: Rows) -> None:
    person = rows.user()
    rows.password(person, digest())
    answer = browser.post(SIGN_IN, json={"email": person.email.upper(), "password": PASSWORD})
    assert answer.json()["user"]["id"] == person.id
    assert browser.get("/api/auth/get-session").json()["user"]["id"] == person.id
    refused = browser.post("/api/auth/sign-out", json={}, headers={"Origin": ""})
    assert code(refused) == (403, "MISSING_OR_NULL_ORIGIN")
    assert code(browser.post("/api/auth/sign-out", json={}, headers={"Origin": "https://x.example"})) == (
        403, "INVALID_ORIGIN",
    )  # fmt: skip
    assert browser.post("/api/auth/sign-out", json={}).json() == {"success": True}
    assert browser.get("/api/auth/get-session").json() is None
    assert rows.value("SELECT count(*) FROM auth_sessions") == 0


REFUSALS: tuple[tuple[str | None, str, dict[str, Any], tuple[int, str]], ...] = (
    (digest(), "wrong", {}, (401, "INVALID_EMAIL_OR_PASSWORD")),
    (None, PASSWORD, {}, (401, "INVALID_EMAIL_OR_PASSWORD")),
    (better_auth_digest(NEW_PASSWORD), "wrong", {}, (401, "INVALID_EMAIL_OR_PASSWORD")),
    (digest(), PASSWORD, {"banned": True}, (403, "BANNED_USER")),
    (digest(), PASSWORD, {"email": "someone@duck.com"}, (400, "INVALID_EMAIL")),
)


def test_a_refused_sign_in_says_why(browser: httpx.Client, rows: Rows) -> None:
    for made, typed, columns, expected in REFUSALS:
        person = rows.user(**columns)
        if made:
            rows.password(person, made)
        assert code(browser.post(SIGN_IN, json={"email": person.email, "password": typed})) == expected
    assert rows.value("SELECT count(*) FROM auth_sessions") == 0


def test_better_auths_own_digest_opens_and_an_unreadable_one_is_an_error(browser: httpx.Client, rows: Rows) -> None:
    own, unreadable = rows.user(), rows.user()
    rows.password(own, better_auth_digest(NEW_PASSWORD))
    rows.password(unreadable, "$argon2id$v=19$x")
    assert browser.post(SIGN_IN, json={"email": own.email, "password": NEW_PASSWORD}).status_code == 200
    browser.cookies.clear()
    assert browser.post(SIGN_IN, json={"email": unreadable.email, "password": "x"}).status_code == 500


def test_a_provider_begins_at_its_own_address_and_leads_back(browser: httpx.Client, lobechat: LobeChatServer) -> None:
    for path, body in (("social", {"provider": "google"}), ("oauth2", {"providerId": "keycloak"})):
        url = browser.post(f"/api/auth/sign-in/{path}", json=body).json()["url"]
        assert httpx.URL(url).params["redirect_uri"].startswith(f"{lobechat.url}/api/auth/callback/")
    assert code(browser.post("/api/auth/sign-in/social", json={"provider": "x"})) == (404, "PROVIDER_NOT_FOUND")
    assert code(browser.post("/api/auth/sign-in/oauth2", json={"providerId": "x"})) == (
        400, "NO_CONFIG_FOUND_FOR_PROVIDER_X",
    )  # fmt: skip


def test_a_fourth_request_and_each_after_it_waits_for_ten_quiet_seconds() -> None:
    limit = BetterAuthLimit(window_seconds=10.0)
    assert [limit.ask("address", "/sign-in/email") for _ in range(4)] == [None, None, None, 10]
    assert limit.ask("address", "/sign-in/social") is None  # each path has its own count
    assert limit.ask("another address", "/sign-in/email") is None
    assert [limit.ask("address", "/get-session") for _ in range(101)] == [None] * 100 + [10]


def test_the_limit_is_told_by_x_retry_after(browser: httpx.Client, lobechat: LobeChatServer) -> None:
    lobechat.better_auth.limit.window_seconds = 10.0
    answers = [browser.post(SIGN_IN, json={"email": "x@example.com", "password": "x"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[-1].headers["X-Retry-After"] == "10"


def test_it_runs_as_a_process_of_its_own(lobechat_url: str) -> None:
    command = [sys.executable, "-m", "sandbox", "lobechat-server", "--url", lobechat_url, "--port", "0"]
    with subprocess.Popen(
        [*command, "--lobechat-version", "1.143.3"], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        place = process.stdout.readline().removeprefix("serving on ").strip()
        assert httpx.get(f"http://{place}/api/version").json() == {"version": "1.143.3"}
        process.terminate()
