"""The stage smoke against the real Better Auth, behind the routes of LobeChat's sign-in page."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from job.run import main
from job.smoke import pace
from sandbox.kinds import Kind
from sandbox.population import Person, people
from sandbox.postgres import Postgres
from tests.signin.better_auth import PROVIDERS, BetterAuth
from tests.signin.people import typed_email
from tests.support.job import PREFIX
from tests.support.prepared import template_at
from tests.support.sandbox_job import prepare, query, run_job

pytestmark = pytest.mark.signin

Serve = Callable[..., BetterAuth]
SIGN_IN = "/api/auth/sign-in/email"
NOBODY = {"email": "nobody@example.com", "password": "nobody's password"}


@pytest.fixture(scope="module")
def someone_of_each() -> list[Person]:
    return list({person.kind: person for person in people(200)}.values())


@pytest.fixture(scope="module")
def migrated_url(server: Postgres, someone_of_each: list[Person], tmp_path_factory: pytest.TempPathFactory) -> str:
    url = server.url(server.create_database(template_at("0075")))
    folder = tmp_path_factory.mktemp("migrated")
    prepare(url, folder, someone_of_each)
    run_job(url, folder, someone_of_each)
    return url


@pytest.fixture
def serve(_packages: None, version: str, migrated_url: str) -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda url=migrated_url, **settings: stack.enter_context(BetterAuth(version, url, serve=True, **settings))


@pytest.fixture
def smoke(
    migrated_url: str, someone_of_each: list[Person], tmp_path: Path
) -> Callable[[str], tuple[int, dict[str, dict[str, Any]]]]:
    """Run the stage with a test user; its exit code and the checks by name."""
    [trial] = [person for person in someone_of_each if person.kind is Kind.PASSWORD]

    def run(url: str) -> tuple[int, dict[str, dict[str, Any]]]:
        code = main(
            {
                f"TEST_{PREFIX}DATABASE_URL": migrated_url,
                f"{PREFIX}DATABASE_DRIVER": "node",
                f"{PREFIX}STAGES": "smoke",
                f"{PREFIX}LOBECHAT_URL": url,
                f"{PREFIX}SMOKE_EMAIL": typed_email(trial) or "",
                f"{PREFIX}SMOKE_PASSWORD": trial.password or "",
            },
            tmp_path,
        )
        report = json.loads((tmp_path / "data/test/report/latest/report.json").read_text())
        return code, {one["name"]: one for one in report["smoke"]}

    return run


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Better Auth counts nothing, there is nothing to wait for."""
    monkeypatch.setattr(pace, "WINDOW_SECONDS", 0.0)


def failed(checks: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: f"{one['message']} | {one['hint']}" for name, one in checks.items() if one["result"] == "failed"}


def test_migrated_users_are_known_and_the_rate_limits_are_kept(
    serve: Serve, smoke: Callable[[str], Any], migrated_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = query(migrated_url, "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM accounts)")
    code, checks = smoke(serve(rateLimit=True).url)
    assert (code, failed(checks)) == (0, {})
    skipped = {name for name, one in checks.items() if one["result"] == "skipped"}
    assert skipped - {"domains"} == {"conversations"}  # Better Auth alone has none; from 2.2.3 on no domain is refused
    assert len([name for name in checks if name.startswith("provider.")]) >= 5
    assert "lobechat.unreachable" not in capsys.readouterr().out  # a refused request is told so
    assert query(migrated_url, "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM accounts)") == before
    assert query(migrated_url, "SELECT FROM auth_sessions") == []


@pytest.mark.usefixtures("hurry")
def test_providers_that_are_not_offered_are_named(serve: Serve, smoke: Callable[[str], Any]) -> None:
    _, checks = smoke(serve(providers=["google"]).url)
    needed = {name for name in checks if name.startswith("provider.")}
    found = {name for name in needed if "does not offer" in checks[name]["message"]}
    assert found == needed - {"provider.google"}
    assert {"provider.github", "provider.generic-oidc"} <= failed(checks).keys()
    _, checks = smoke(serve(providers=sorted(PROVIDERS - {"generic-oidc"})).url)
    assert list(failed(checks)) == ["provider.generic-oidc"]


@pytest.mark.usefixtures("hurry")
def test_providers_that_lead_elsewhere_are_named(serve: Serve, smoke: Callable[[str], Any]) -> None:
    _, checks = smoke(serve(appUrl="http://0.0.0.0:3210").url)
    away = {name for name, words in failed(checks).items() if "would lead people back to http://0.0.0.0:3210" in words}
    assert away == {name for name in checks if name.startswith("provider.")}


@pytest.mark.usefixtures("hurry")
def test_disabled_passwords_are_named(serve: Serve, smoke: Callable[[str], Any]) -> None:
    code, checks = smoke(serve(disableEmailPassword=True).url)
    assert code == 10
    assert failed(checks).keys() == {"password_sign_in", "sign_in"}
    assert "AUTH_DISABLE_EMAIL_PASSWORD" in failed(checks)["password_sign_in"]


@pytest.mark.usefixtures("hurry")
def test_another_database_is_named(serve: Serve, smoke: Callable[[str], Any], server: Postgres) -> None:
    code, checks = smoke(serve(server.url(server.create_database(template_at("0075")))).url)
    assert code == 10
    assert "bound to another database" in failed(checks)["users.password"]
    assert "bound to another database" in failed(checks)["sign_in"]


def test_requests_spread_evenly_over_the_window_are_refused(serve: Serve) -> None:
    """Why the pace is three at once and then ten seconds of silence: each request begins the window anew."""
    url = serve(rateLimit=True).url + SIGN_IN
    statuses = []
    for _ in range(4):
        statuses.append(httpx.post(url, json=NOBODY, headers={"Origin": url.removesuffix(SIGN_IN)}).status_code)
        time.sleep(3.5)
    assert statuses == [401, 401, 401, 429]
