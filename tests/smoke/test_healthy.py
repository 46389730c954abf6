"""What smoke asks of a LobeChat that is as it should be, and what it says of it."""

import json
import secrets
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from sandbox.lobechat_server import LobeChatServer
from sandbox.postgres import Postgres
from tests.support.smoke import Everyone, Smoke, trial

LOOKED_UP = ("/api/auth/check-user", "/api/auth/resolve-username")
HARMLESS = {
    "/api/version",
    *LOOKED_UP,
    "/api/auth/ok",
    "/api/auth/sign-in/email",
    "/api/auth/sign-in/social",
    "/api/auth/get-session",
    "/api/auth/sign-out",
    "/trpc/lambda/session.getGroupedSessions",
}


def test_a_healthy_lobechat_passes(smoke: Smoke, everyone: Everyone) -> None:
    assert smoke.run(**trial(everyone.password)) == 0
    assert smoke.checks("failed") == smoke.checks("warning") == smoke.checks("skipped") == {}
    assert smoke.report["headline"] == "LobeChat lets people in"
    assert list(smoke.checks("passed")) == [
        "version", "better_auth", "made_up_addresses",
        "users.password", "users.sso", "users.password_or_sso", "users.set_password", "users.no_way_in",
        "users.shut_out", "password_sign_in", "provider.github", "provider.google", "domains",
        "sign_in", "session", "conversations", "sign_out",
    ]  # fmt: skip


def test_each_thing_asked_is_a_log_line_and_a_test_case(smoke: Smoke) -> None:
    assert smoke.run() == 0
    names = [one["name"] for one in smoke.report["smoke"]]
    assert [line["check"] for line in smoke.events("smoke.check")] == names
    assert {line["result"] for line in smoke.events("smoke.check")} == {"passed", "skipped"}
    document = ET.parse(smoke.folder / "junit.xml")
    suite = document.find("testsuite[@name='smoke']")
    assert suite is not None
    assert [case.get("name") for case in suite] == names
    assert "The running LobeChat" in (smoke.folder / "report.html").read_text()


def test_smoke_needs_no_confirmation_in_production_and_changes_no_user(smoke: Smoke, everyone: Everyone) -> None:
    before, smoke.mode = smoke.job.rows(), "prod"
    assert smoke.run(DRY_RUN="0", **trial(everyone.password)) == 0
    assert smoke.job.rows() == before
    assert smoke.job.rows("auth_sessions") == {"auth_sessions": []}


def test_nothing_is_asked_that_sends_mail_makes_accounts_or_counts_against_anyone(
    smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone
) -> None:
    assert smoke.run(**trial(everyone.password)) == 0
    assert {one.path for one in lobechat.asked} <= HARMLESS
    typed = [json.loads(one.body)["email"] for one in lobechat.asked if one.path == "/api/auth/sign-in/email"]
    assert [email for email in typed if not email.startswith("nobody-")] == [everyone.password.email]
    social = [json.loads(one.body) for one in lobechat.asked if one.path == "/api/auth/sign-in/social"]
    assert all(one["disableRedirect"] is True for one in social)


def test_every_address_is_also_typed_in_capitals(smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone) -> None:
    assert smoke.run() == 0
    typed = {json.loads(one.body)["email"] for one in lobechat.asked if one.path == LOOKED_UP[0]}
    assert {everyone.google.email, everyone.google.email.upper()} <= typed


def test_a_user_who_signs_up_meanwhile_does_no_harm(smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone) -> None:
    def sign_up(_: str) -> None:
        everyone.rows.user()

    lobechat.before_answer = sign_up
    assert smoke.run() == 0


def test_a_row_that_changes_meanwhile_is_asked_about_again(
    smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone
) -> None:
    def set_password(path: str) -> None:
        if path == "/api/auth/ok":  # the expected answers are read by now
            everyone.rows.password(everyone.without_password, "aa:bb")
            everyone.rows.value("DELETE FROM users WHERE id = %s RETURNING id", everyone.both.id)

    lobechat.before_answer = set_password
    assert smoke.run() == 0
    assert "changed meanwhile" in smoke.checks("passed")["users.password"]
    assert "nobody of this class" in smoke.checks("skipped")["users.password_or_sso"]


def test_a_provider_that_nobody_needs_is_a_warning(smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone) -> None:
    everyone.rows.link(everyone.both, "keycloak", "k")
    lobechat.behaviour.providers = frozenset({"google", "github"})
    assert smoke.run() == 0
    assert "1 user linked to it can sign in otherwise" in smoke.checks("warning")["provider.keycloak"]


def test_a_provider_left_out_on_purpose_is_not_asked_for(smoke: Smoke, lobechat: LobeChatServer) -> None:
    lobechat.behaviour.providers = frozenset({"google"})
    assert smoke.run(AUTH_SSO_PROVIDERS="google", SMTP_HOST="mail.example.com") == 0
    assert "provider.github" not in smoke.checks("passed")


def test_a_release_that_refuses_no_domain_is_not_asked_about_any(
    smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone
) -> None:
    everyone.rows.password(everyone.rows.user(email="someone@duck.com"), "$2b$04$" + "a" * 53)
    lobechat.behaviour.version = "2.2.3"
    assert smoke.run() == 0
    assert "refuses no domain" in smoke.checks("skipped")["domains"]
    assert not any(b"duck.com" in one.body for one in lobechat.asked if "sign-in" in one.path)


def test_a_database_without_users_passes(smoke: Smoke, everyone: Everyone) -> None:
    everyone.rows.value("DELETE FROM users RETURNING id")
    assert smoke.run() == 0
    assert smoke.checks("failed") == {}


def test_a_role_that_may_read_users_and_accounts_is_enough(smoke: Smoke, server: Postgres) -> None:
    database, role = urlsplit(smoke.job.url).path[1:], f"reader_{secrets.token_hex(4)}"
    server.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'reader'")
    server.execute(f"GRANT SELECT ON users, accounts TO {role}", database)
    address = urlsplit(smoke.job.url)
    smoke.job.url = address._replace(netloc=f"{role}:reader@{address.hostname}:{address.port}").geturl()
    try:
        assert smoke.run() == 0
    finally:
        server.execute(f"DROP OWNED BY {role}", database)
        server.execute(f"DROP ROLE {role}")
