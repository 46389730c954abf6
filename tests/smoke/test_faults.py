"""Whatever is wrong with a deployed LobeChat ends with exit code 10, the checks that failed, and what to do."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from sandbox.lobechat_server import Behaviour, LobeChatServer
from sandbox.postgres import Postgres
from tests.support.prepared import template_at
from tests.support.rows import Rows, digest
from tests.support.smoke import Everyone, Smoke, trial


class Fault(NamedTuple):
    """What is switched on, and which checks fail with which words in message or hint."""

    name: str
    switch_on: Callable[[Behaviour], None]
    failing: dict[str, str]


def switch(**values: object) -> Callable[[Behaviour], None]:
    def switch_on(behaviour: Behaviour) -> None:
        for name, value in values.items():
            setattr(behaviour, name, value)

    return switch_on


OLD = {"version": "LobeChat 1.143.3 runs: before 2.0"}
FAULTS = (
    Fault("an old version", switch(version="1.143.3"), OLD),
    Fault("an old version without Better Auth", switch(version="1.143.3", better_auth_down=True), {
        **OLD, "better_auth": "status 500",
    }),
    Fault("another program's version", switch(version="latest"), {"version": "does not say its version"}),
    Fault("Better Auth does not start", switch(better_auth_down=True), {"better_auth": "AUTH_SSO_PROVIDERS names"}),
    Fault("a provider is missing", switch(providers=frozenset({"google"})), {
        "provider.github": "the only way in of 1 user | add github to LobeChat's AUTH_SSO_PROVIDERS",
    }),
    Fault("all providers are missing", switch(providers=frozenset()), {
        "provider.github": "does not offer github", "provider.google": "does not offer google",
    }),
    Fault("providers lead elsewhere", switch(leads_back_to="http://0.0.0.0:3210"), {
        "provider.github": "back to http://0.0.0.0:3210, not to", "provider.google": "set LobeChat's APP_URL to",
    }),
    Fault("no passwords", switch(passwords_disabled=True), {
        "password_sign_in": "the only way in of 2 users | take AUTH_DISABLE_EMAIL_PASSWORD out",
    }),
    Fault("a page in place of everything", switch(page="/"), {
        "version": "a page in place of JSON | something else answers there", "better_auth": "a page in place of JSON",
    }),
    Fault("a page in place of the sign-in page's questions", switch(page="/api/auth/check-user"), {
        "made_up_addresses": "a page in place of JSON",
        **dict.fromkeys([f"users.{name}" for name in (
            "password", "sso", "password_or_sso", "set_password", "no_way_in", "shut_out",
        )], "LobeChat cannot look up"),
    }),
    Fault("bytes", switch(page="/api/version", page_body=b"\xff\xfe\x00"), {"version": "a page in place of JSON"}),
    Fault("JSON without an end", switch(page="/api/version", page_body=b"[" * 100_000), {
        "version": "a page in place of JSON",
    }),
    Fault("JSON of another shape", switch(page="/api/auth/ok", page_body=b"[1]"), {
        "better_auth": "status 200 | look at LobeChat's log",
    }),
    Fault("a redirect", switch(redirect="/"), {
        "version": "a redirect to https://chat.example.com | set CLERK_TO_BETTERAUTH_LOBECHAT_URL",
        "better_auth": "a redirect to https://chat.example.com",
    }),
    Fault("half a JSON text", switch(broken_json="/api/auth/ok"), {"better_auth": "a page in place of JSON"}),
    Fault("an answer for everybody", switch(knows_everybody=True), {
        "made_up_addresses": "made up", "users.no_way_in": "found by LobeChat by an address that no row has",
    }),
    Fault("capitals matter", switch(capitals_matter=True), {
        "users.password": "typed in capitals", "users.sso": "typed in capitals",
        "users.password_or_sso": "typed in capitals", "users.set_password": "typed in capitals",
        "users.no_way_in": "found by LobeChat by an address that no row has", "users.shut_out": "typed in capitals",
    }),
    Fault("a lost endpoint", switch(status={"/api/auth/sign-in/social": (500, 9)}), {
        "provider.github": "cannot begin a sign-in through github: status 500",
        "provider.google": "check the variables of google",
    }),
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_named_with_what_to_do(fault: Fault, smoke: Smoke, lobechat: LobeChatServer) -> None:
    fault.switch_on(lobechat.behaviour)
    assert smoke.run() == 10
    failed = smoke.checks("failed")
    assert failed.keys() == fault.failing.keys()
    for name, words in fault.failing.items():
        assert words in failed[name]
    details = smoke.report["error"]["details"]
    assert len(details) == len(failed)
    assert all(any(line.startswith(f"{name}: ") for line in details) for name in failed)


@pytest.fixture
def elsewhere(server: Postgres) -> Iterator[str]:
    """Another LobeChat 2 database, without these users."""
    name = server.create_database(template_at("0075"))
    yield server.url(name)
    server.drop_database(name)


def test_a_lobechat_on_another_database_is_told(
    smoke: Smoke, lobechat: LobeChatServer, elsewhere: str, everyone: Everyone
) -> None:
    lobechat.rows.url = elsewhere
    assert smoke.run(**trial(everyone.password)) == 10
    failed = smoke.checks("failed")
    for name in ("password", "sso", "password_or_sso", "set_password", "shut_out"):
        assert "unknown to LobeChat" in failed[f"users.{name}"]
        assert "bound to another database" in failed[f"users.{name}"]
    assert "bound to another database" in failed["sign_in"]


def test_a_copy_from_before_the_migration_is_told(
    smoke: Smoke, lobechat: LobeChatServer, elsewhere: str, everyone: Everyone
) -> None:
    with Rows.of(elsewhere) as copy:
        for person in everyone.people():
            copy.user(email=person.email or None, id=person.id, username=f"name_of_{person.id}")
        for person in (everyone.both, everyone.banned):
            copy.password(person, digest())
    everyone.rows.value("UPDATE users SET username = 'name_of_' || id RETURNING id")
    lobechat.rows.url = elsewhere
    assert smoke.run() == 10
    failed = smoke.checks("failed")
    assert list(failed) == ["users.password"]
    assert "1 without a password for LobeChat" in failed["users.password"]
    assert "a copy from before the migration" in failed["users.password"]
    [details] = [one["details"] for one in smoke.report["smoke"] if one["name"] == "users.password"]
    assert details == [everyone.password.id]


def test_a_domain_that_is_refused_is_named_with_its_users(
    smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone
) -> None:
    for address in ("one@duck.com", "two@duck.com", "three@sub.mozmail.com", "four@simplelogin.com"):
        everyone.rows.password(everyone.rows.user(email=address), digest())
    lobechat.behaviour.refused_domains = frozenset({"duck.com", "sub.mozmail.com"})
    assert smoke.run() == 10
    assert "the addresses of 3 users who need a password | deploy LobeChat 2.2.3" in smoke.checks("failed")["domains"]
    [details] = [one["details"] for one in smoke.report["smoke"] if one["name"] == "domains"]
    assert details == ["duck.com: 2 users", "sub.mozmail.com: 1 user"]


class TestTestUser:
    """The operator's test user."""

    def test_a_wrong_password_is_told_and_asked_once(
        self, smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone
    ) -> None:
        assert smoke.run(**trial(everyone.password, "not the password")) == 10
        assert "status 401 INVALID_EMAIL_OR_PASSWORD | check CLERK_TO" in smoke.checks("failed")["sign_in"]
        assert sum(everyone.password.email.encode() in one.body for one in lobechat.asked if "sign-in" in one.path) == 1
        assert smoke.checks("skipped").keys() >= {"session", "conversations", "sign_out"}

    def test_a_user_who_has_no_password_is_not_asked_for(
        self, smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone
    ) -> None:
        assert smoke.run(**trial(everyone.google)) == 10
        assert "in the database: sso" in smoke.checks("failed")["sign_in"]
        assert smoke.run(SMOKE_EMAIL="stranger@example.com", SMOKE_PASSWORD="password") == 10
        assert "no user of the database has that address" in smoke.checks("failed")["sign_in"]
        typed = b"".join(one.body for one in lobechat.asked if "sign-in" in one.path)
        assert b"stranger" not in typed
        assert everyone.google.email.encode() not in typed

    def test_an_address_in_capitals_and_blanks_is_the_same_user(self, smoke: Smoke, everyone: Everyone) -> None:
        assert smoke.run(**trial(everyone.password) | {"SMOKE_EMAIL": f" {everyone.password.email.upper()} "}) == 0

    def test_an_unverified_address_is_told(self, smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone) -> None:
        everyone.rows.value("UPDATE users SET email_verified = false WHERE id = %s RETURNING id", everyone.password.id)
        lobechat.behaviour.email_verification = True
        assert smoke.run(**trial(everyone.password)) == 10
        assert "AUTH_EMAIL_VERIFICATION=1" in smoke.checks("failed")["sign_in"]

    def test_another_users_session_is_told_and_ended(
        self, smoke: Smoke, lobechat: LobeChatServer, elsewhere: str, everyone: Everyone
    ) -> None:
        """LobeChat has the same address and password for somebody else."""
        everyone.rows.value("UPDATE users SET email = 'moved@example.com' WHERE id = %s RETURNING id", everyone.both.id)
        lobechat.rows.url = elsewhere
        with Rows.of(elsewhere) as other:
            other.password(other.user(email="moved@example.com"), digest())
            assert smoke.run(**trial(everyone.both) | {"SMOKE_EMAIL": "moved@example.com"}) == 10
            assert "for somebody else than the database" in smoke.checks("failed")["sign_in"]
            assert other.value("SELECT count(*) FROM auth_sessions") == 0

    def test_an_application_that_fails_after_the_sign_in_is_told(
        self, smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone
    ) -> None:
        lobechat.behaviour.application_fails = True
        assert smoke.run(**trial(everyone.password)) == 10
        assert "S3_ENDPOINT" in smoke.checks("failed")["conversations"]
        assert "ended" in smoke.checks("passed")["sign_out"]

    def test_a_list_of_conversations_in_another_shape_is_passed_over(
        self, smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone
    ) -> None:
        lobechat.behaviour.status = {"/trpc": (404, 1)}
        assert smoke.run(**trial(everyone.password)) == 0
        assert "status 404" in smoke.checks("skipped")["conversations"]

    def test_the_conversations_are_counted(self, smoke: Smoke, everyone: Everyone) -> None:
        statement = "INSERT INTO sessions (id, slug, user_id) VALUES (%s, %s, %s) RETURNING id"
        for slug in ("inbox", "other"):
            everyone.rows.value(statement, f"ssn_{slug}", slug, everyone.password.id)
        assert smoke.run(**trial(everyone.password)) == 0
        assert "lists 2 of" in smoke.checks("passed")["conversations"]

    def test_a_session_that_does_not_end_is_a_warning(
        self, smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone
    ) -> None:
        lobechat.behaviour.status = {"/api/auth/sign-out": (403, 1)}
        assert smoke.run(**trial(everyone.password)) == 0
        assert "may still be open: status 403" in smoke.checks("warning")["sign_out"]
