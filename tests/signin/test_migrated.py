"""Everyone of a sandbox that the real job migrated tries to get in, and it comes out as the job's report said."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from job.mapping.rows import SignIn
from sandbox.kinds import Kind
from sandbox.population import Person, people
from sandbox.postgres import Postgres
from schema.journal import entries
from tests.signin.better_auth import PLUGIN_COLUMNS, PROVIDERS, RELEASES, VERSIONS, BetterAuth
from tests.signin.people import find_way_in, own_links, try_link, typed_email
from tests.signin.predictions import predict_each
from tests.signin.totp import authenticator_code
from tests.support.prepared import template_at
from tests.support.sandbox_job import Prediction, prepare, query, read_backup_codes, run_job

pytestmark = pytest.mark.signin

USERS = 200  # every kind there is


class Configuration(NamedTuple):
    """LobeChat's own settings, as the job reads them and as Better Auth gets them."""

    environment: dict[str, str]
    better_auth: dict[str, Any]


CONFIGURATIONS = {
    "as it comes": Configuration({}, {}),
    "two providers, verified addresses": Configuration(
        {
            "AUTH_SSO_PROVIDERS": "google,microsoft-entra-id",
            "AUTH_EMAIL_VERIFICATION": "1",
            "SMTP_HOST": "mail.example",
        },
        {"providers": ["google", "microsoft"], "emailVerification": True},
    ),
    "providers alone": Configuration(
        {"AUTH_DISABLE_EMAIL_PASSWORD": "1", "AUTH_SSO_PROVIDERS": ",".join(sorted(PROVIDERS))},
        {"disableEmailPassword": True},
    ),
}


class Migrated(NamedTuple):
    """A LobeChat database after the job, and whose it is."""

    database: str
    url: str
    folder: Path
    people: list[Person]
    predictions: dict[tuple[str, str], Prediction]  # by configuration and version of Better Auth

    def of_kind(self, *kinds: Kind) -> list[Person]:
        return [person for person in self.people if person.kind in kinds]

    def one_of_each_kind(self) -> list[Person]:
        return list({person.kind: person for person in self.people}.values())


@pytest.fixture(scope="session")
def migrated(server: Postgres) -> Iterator[Migrated]:
    """A full run with conflicts left out; then the report alone for each release and configuration of LobeChat."""
    database = server.create_database(template_at("0040"))
    everyone = list(people(USERS, conflicts=True))
    url = server.url(database)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(url, folder, everyone)
        run_job(url, folder, everyone)
        predictions = {}
        for (configuration, (environment, _)), version in product(CONFIGURATIONS.items(), VERSIONS):
            more = {"CLERK_TO_BETTERAUTH_LOBECHAT_RELEASE": RELEASES[version].name, **environment}
            more["CLERK_TO_BETTERAUTH_STAGES"] = "verify"
            predictions[configuration, version] = run_job(url, folder, everyone, **more)
        yield Migrated(database, url, folder, everyone, predictions)


Enter = Callable[..., BetterAuth]


@pytest.fixture
def enter(_packages: None, server: Postgres, migrated: Migrated, version: str) -> Iterator[Enter]:
    """Start Better Auth on a copy of its own of the migrated database, after some `sql` if given."""
    with ExitStack() as stack:

        def start(sql: str = "", **settings: Any) -> BetterAuth:
            copy = server.create_database(migrated.database)
            stack.callback(server.drop_database, copy)
            if sql:
                server.execute(sql, copy)
            return stack.enter_context(BetterAuth(version, server.url(copy), **settings))

        yield start


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_the_report_counts_and_names_what_the_rule_says_of_each(
    configuration: str, migrated: Migrated, version: str
) -> None:
    environment, _ = CONFIGURATIONS[configuration]
    each = predict_each(migrated.people, migrated.url, environment, RELEASES[version])
    report = migrated.predictions[configuration, version]
    assert Counter(each.values()) == Counter(report.counts)
    assert {user: way for user, way in each.items() if way in {SignIn.SET_PASSWORD, SignIn.NO_WAY_IN}} == report.needy


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_everyone_gets_in_as_the_rule_says(configuration: str, enter: Enter, migrated: Migrated, version: str) -> None:
    environment, settings = CONFIGURATIONS[configuration]
    lobechat = enter(**settings)
    everyone = migrated.people if not environment else migrated.one_of_each_kind()
    found = {person.id: find_way_in(lobechat, person) for person in everyone}
    each = predict_each(everyone, migrated.url, environment, RELEASES[version])
    assert found == each


def test_every_password_that_clerk_took_opens_and_no_other(enter: Enter, migrated: Migrated) -> None:
    lobechat = enter()
    shut_out = {Kind.BANNED, Kind.LOCKED, Kind.LOCKED_UNTIL, Kind.DEPROVISIONED}
    without_csv_or_api = {Kind.API_ONLY, Kind.CSV_ONLY}
    knowing = [
        (person, email, person.password)
        for person in migrated.people
        if (email := typed_email(person)) and person.password and person.kind not in shut_out | without_csv_or_api
    ]
    assert {Kind.PASSWORD, Kind.PASSWORD_2A, Kind.PASSWORD_2Y, Kind.UPPER_CASE_EMAIL, Kind.BLANKS_IN_EMAIL} <= {
        person.kind for person, _, _ in knowing
    }
    for person, email, password in knowing:
        assert lobechat.sign_in(email, password).user_id == person.id
        assert lobechat.sign_in(email.upper(), password).user_id == person.id
        assert lobechat.sign_in(email, f"{password}!").error == "INVALID_EMAIL_OR_PASSWORD"


def test_no_digest_is_there_that_lobechat_cannot_check(migrated: Migrated) -> None:
    rows = query(migrated.url, "SELECT password FROM accounts WHERE provider_id = 'credential'")
    assert rows
    assert {password[:4] for (password,) in rows} == {"$2a$", "$2b$"}


def test_every_link_opens_for_its_owner_and_leads_into_nobody_elses_account(enter: Enter, migrated: Migrated) -> None:
    lobechat = enter()
    everyone = {person.id for person in migrated.people}
    opened = set()
    for person in migrated.people:
        for provider, link in own_links(person):
            answer = try_link(lobechat, person, provider, link)
            assert answer.user_id not in everyone - {person.id}
            if answer.user_id == person.id:
                opened.add(person.kind)
    assert opened >= {
        Kind.GOOGLE, Kind.GITHUB, Kind.SEVERAL_LINKS, Kind.PASSWORD_AND_GOOGLE, Kind.APPLE, Kind.APPLE_OTHER_EMAIL,
        Kind.MICROSOFT, Kind.OIDC_KNOWN, Kind.OIDC_TO_MAP, Kind.LINK_WITHOUT_VERIFICATION, Kind.LINK_REPEATED,
    }  # fmt: skip


def test_an_unverified_link_lets_its_owner_into_no_account_but_their_own(enter: Enter, migrated: Migrated) -> None:
    lobechat = enter()
    kinds = (Kind.LINK_UNVERIFIED, Kind.LINK_FAILED, Kind.LINK_EXPIRED, Kind.LINK_TRANSFERABLE)
    for person in migrated.of_kind(*kinds):
        assert person.api is not None
        link = person.api["external_accounts"][0]
        answer = lobechat.sso("google", link["provider_user_id"], f"{person.number}@stranger.example")
        assert (answer.is_new, answer.user_id == person.id) == (True, False)


def test_whoever_was_shut_out_gets_in_by_no_way(enter: Enter, migrated: Migrated) -> None:
    lobechat = enter()
    for person in migrated.of_kind(Kind.BANNED, Kind.LOCKED, Kind.LOCKED_UNTIL, Kind.DEPROVISIONED):
        email = typed_email(person)
        assert email is not None
        assert person.password is not None
        for answer in (
            lobechat.sign_in(email, person.password),
            lobechat.sso("google", f"google-of-{person.id}", email),
            lobechat.set_password(email, "a new password"),
        ):
            assert (answer.user_id, answer.error in {"BANNED_USER", "banned"}) == (None, True)


def test_a_lock_that_ends_is_no_ban_for_good(enter: Enter, migrated: Migrated) -> None:
    lobechat = enter("UPDATE users SET ban_expires = ban_expires - interval '1 day'")  # a day later
    for person in migrated.of_kind(Kind.LOCKED_UNTIL):
        assert lobechat.sign_in(typed_email(person) or "", person.password or "").user_id == person.id
    for person in migrated.of_kind(Kind.BANNED, Kind.LOCKED, Kind.DEPROVISIONED):
        assert lobechat.sign_in(typed_email(person) or "", person.password or "").error == "BANNED_USER"


@pytest.fixture(scope="session")
def migrated_at_0130(server: Postgres) -> Iterator[Migrated]:
    """The same on a database that the job brought to the newest revision it knows, past pg_search."""
    database = server.create_database(template_at("0040"))
    everyone = list(people(USERS, conflicts=True))
    url = server.url(database)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(url, folder, everyone)
        past = {"CLERK_TO_BETTERAUTH_SCHEMA_TARGET": "latest", "CLERK_TO_BETTERAUTH_PG_SEARCH": "skip"}
        run_job(url, folder, everyone, **past)
        yield Migrated(database, url, folder, everyone, {})


@pytest.mark.usefixtures("_packages")
def test_everyone_gets_in_as_the_rule_says_on_the_newest_schema_too(
    server: Postgres, migrated_at_0130: Migrated, version: str
) -> None:
    newest = "SELECT max(created_at) FROM drizzle.__drizzle_migrations"
    assert query(migrated_at_0130.url, newest) == [(entries()["0130"].created_at,)]
    copy = server.create_database(migrated_at_0130.database)
    everyone = migrated_at_0130.one_of_each_kind()
    with BetterAuth(version, server.url(copy)) as lobechat:
        found = {person.id: find_way_in(lobechat, person) for person in everyone}
    assert found == predict_each(everyone, migrated_at_0130.url, {}, RELEASES[version])
    server.drop_database(copy)


class TestSecondFactor:
    """With Better Auth's two-factor plugin, which forks of LobeChat enable."""

    # What the plugin wants beside LobeChat's columns from 1.6.15 on.
    COLUMN = "ALTER TABLE two_factor ADD COLUMN verified boolean DEFAULT true"

    def test_each_backup_code_opens_once(self, enter: Enter, migrated: Migrated, version: str) -> None:
        lobechat = enter(PLUGIN_COLUMNS.get(version, ""), twoFactor=True)
        codes = read_backup_codes(migrated.folder)
        enrolled = migrated.of_kind(Kind.TOTP, Kind.TOTP_ASCII)
        assert set(codes) == {person.id for person in enrolled}
        for person in enrolled:
            email, password = typed_email(person) or "", person.password or ""
            assert lobechat.sign_in(email, password).second_factor
            assert lobechat.backup_code(email, password, "wrong-codes").user_id is None
            for code in codes[person.id]:
                assert lobechat.backup_code(email, password, code).user_id == person.id
                assert lobechat.backup_code(email, password, code).user_id is None

    def test_an_authenticator_works_on_only_where_the_report_does_not_name_it(
        self, enter: Enter, migrated: Migrated, version: str
    ) -> None:
        lobechat = enter(f"{self.COLUMN}; {PLUGIN_COLUMNS.get(version, '')}", twoFactor=True)
        for person in migrated.of_kind(Kind.TOTP, Kind.TOTP_ASCII):
            assert person.csv is not None
            code = authenticator_code(person.csv["totp_secret"])
            answer = lobechat.totp(typed_email(person) or "", person.password or "", code)
            works = person.kind is Kind.TOTP_ASCII
            assert (answer.user_id, answer.error) == ((person.id, None) if works else (None, "INVALID_CODE"))

    def test_nobody_is_asked_for_a_factor_that_was_not_carried_over(self, enter: Enter, migrated: Migrated) -> None:
        lobechat = enter(twoFactor=True)
        for person in migrated.of_kind(Kind.TOTP_MISSING, Kind.SMS_SECOND_FACTOR, Kind.PASSWORD):
            assert lobechat.sign_in(typed_email(person) or "", person.password or "").user_id == person.id
