"""What the job takes for granted about Better Auth as LobeChat configures it, on rows put there by hand."""

import base64
import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt

from tests.signin.better_auth import BUILT_IN, PROVIDERS, RELEASES, BetterAuth, Start
from tests.signin.totp import authenticator_code
from tests.support.refused_addresses import ACCEPTED, REFUSED
from tests.support.rows import PASSWORD, Person, Rows, digest
from tests.support.sandbox_job import SECRET

pytestmark = pytest.mark.signin

CODE = "aB3dE-Fg7hI"


def encrypt(text: str) -> str:
    """As Better Auth encrypts under AUTH_SECRET."""
    nonce = os.urandom(24)
    key = hashlib.sha256(SECRET.encode()).digest()
    return (nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(text.encode(), None, nonce, key)).hex()


def with_password(rows: Rows, **columns: Any) -> Person:
    person = rows.user(**columns)
    rows.password(person, digest())
    return person


def with_second_factor(rows: Rows, secret: str = "JBSWY3DPEHPK3PXP") -> Person:
    person = with_password(rows, two_factor_enabled=True)
    rows.two_factor(person, encrypt(secret), encrypt(json.dumps([CODE])))
    return person


class TestAddresses:
    def test_an_address_is_found_however_it_is_typed(self, lobechat: BetterAuth, rows: Rows) -> None:
        person = with_password(rows)
        assert lobechat.sign_in(person.email.upper(), PASSWORD).user_id == person.id

    def test_an_address_with_a_capital_in_the_row_is_never_found(self, lobechat: BetterAuth, rows: Rows) -> None:
        person = with_password(rows, email="Capital@Example.com")
        for typed in (person.email, person.email.lower()):
            assert lobechat.sign_in(typed, PASSWORD).status == 401
            assert lobechat.set_password(typed, "a new password").error == "NO_MAIL"

    @pytest.mark.parametrize("address", [*REFUSED, *ACCEPTED])
    def test_some_addresses_are_refused_up_to_2_2_2(
        self, lobechat: BetterAuth, rows: Rows, version: str, address: str
    ) -> None:
        person = with_password(rows, email=address)
        rows.link(person, "github", person.id)
        refused = version == "1.4.6" and address in REFUSED
        answer = lobechat.sign_in(address, PASSWORD)
        assert (answer.user_id, answer.error) == ((None, "INVALID_EMAIL") if refused else (person.id, None))
        asked = lobechat.set_password(address, "a new password")
        assert (asked.user_id, asked.error) == ((None, "INVALID_EMAIL") if refused else (person.id, None))
        assert lobechat.sso("github", person.id, f"{person.id}@elsewhere.example").user_id == person.id

    def test_without_the_plugin_no_address_is_refused(self, start: Start, rows: Rows) -> None:
        person = with_password(rows, email="freely@duck.com")
        assert start(harmony=False).sign_in(person.email, PASSWORD).user_id == person.id

    def test_users_without_an_address_get_in_through_their_provider(self, lobechat: BetterAuth, rows: Rows) -> None:
        people = [rows.user(email=None), rows.user(email=None)]
        for person in people:
            rows.link(person, "github", person.id)
            assert lobechat.sso("github", person.id, "whatever@example.com").user_id == person.id


@pytest.mark.parametrize("way", ["mail_code", "mail_link"])
class TestSignInByMail:
    def test_it_deletes_the_password_of_an_unverified_user_from_1_6_22_on(
        self, start: Start, rows: Rows, version: str, way: str
    ) -> None:
        lobechat = start(mailSignIn=True)
        person = with_password(rows, email_verified=False)
        rows.link(person, "github", person.id)
        assert lobechat.sign_in(person.email, PASSWORD).user_id == person.id
        assert getattr(lobechat, way)(person.email).user_id == person.id
        after = lobechat.sign_in(person.email, PASSWORD)
        deleted = RELEASES[version].mail_code_deletes_password
        assert deleted == (version == "1.6.22")
        assert (after.user_id, after.error) == ((None, "INVALID_EMAIL_OR_PASSWORD") if deleted else (person.id, None))
        assert lobechat.sso("github", person.id, person.email).user_id == person.id
        assert lobechat.set_password(person.email, "a new password").user_id == person.id

    def test_it_leaves_the_password_of_a_verified_user(self, start: Start, rows: Rows, way: str) -> None:
        lobechat = start(mailSignIn=True)
        person = with_password(rows, email_verified=True)
        assert getattr(lobechat, way)(person.email).user_id == person.id
        assert lobechat.sign_in(person.email, PASSWORD).user_id == person.id


class TestPasswords:
    @pytest.mark.parametrize("prefix", ["$2a$", "$2b$"])
    def test_bcrypt_signs_in_and_a_wrong_password_does_not(self, lobechat: BetterAuth, rows: Rows, prefix: str) -> None:
        person = rows.user()
        rows.password(person, digest(prefix=prefix))
        assert lobechat.sign_in(person.email, PASSWORD).user_id == person.id
        wrong = lobechat.sign_in(person.email, "wrong password")
        assert (wrong.status, wrong.user_id, wrong.error) == (401, None, "INVALID_EMAIL_OR_PASSWORD")

    @pytest.mark.parametrize(
        "other",
        [
            digest(prefix="$2y$"),
            "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "pbkdf2_sha256$260000$c2FsdA$l5oZwK0j8M0",
        ],
        ids=["2y", "argon2id", "md5", "pbkdf2"],
    )
    def test_any_other_digest_is_an_error_of_the_server(self, lobechat: BetterAuth, rows: Rows, other: str) -> None:
        person = rows.user()
        rows.password(person, other)
        assert lobechat.sign_in(person.email, PASSWORD).status == 500

    def test_2y_is_2b_under_another_name(self, lobechat: BetterAuth, rows: Rows) -> None:
        person = rows.user()
        rows.password(person, digest(prefix="$2y$").replace("$2y$", "$2b$"))
        assert lobechat.sign_in(person.email, PASSWORD).user_id == person.id

    def test_whoever_has_no_password_can_set_one_by_email(self, lobechat: BetterAuth, rows: Rows) -> None:
        person = rows.user()
        assert lobechat.sign_in(person.email, PASSWORD).status == 401
        assert lobechat.set_password(person.email, "a new password").user_id == person.id
        assert lobechat.sign_in(person.email, "a new password").user_id == person.id
        assert rows.value("SELECT account_id FROM accounts WHERE user_id = %s", person.id) == person.id

    def test_an_unverified_address_may_sign_in_only_where_lobechat_does_not_ask(
        self, lobechat: BetterAuth, start: Start, rows: Rows
    ) -> None:
        person = with_password(rows, email_verified=False)
        assert lobechat.sign_in(person.email, PASSWORD).user_id == person.id
        asks = start(emailVerification=True).sign_in(person.email, PASSWORD)
        assert (asks.status, asks.user_id, asks.error) == (403, None, "EMAIL_NOT_VERIFIED")
        assert start(emailVerification=True).verify_email(person.email).user_id == person.id
        assert start(emailVerification=True).sign_in(person.email, PASSWORD).user_id == person.id

    def test_without_passwords_in_lobechat_nobody_signs_in_by_one(self, start: Start, rows: Rows) -> None:
        person = with_password(rows)
        assert start(disableEmailPassword=True).sign_in(person.email, PASSWORD).user_id is None


class TestProviders:
    @pytest.mark.parametrize("provider", sorted(PROVIDERS))
    def test_a_link_decides_whatever_the_address(self, lobechat: BetterAuth, rows: Rows, provider: str) -> None:
        person, other = rows.user(), rows.user()
        rows.link(person, provider, f"id-{person.id}")
        answer = lobechat.sso(provider, f"id-{person.id}", other.email)
        assert (answer.user_id, answer.is_new, answer.error) == (person.id, False, None)

    @pytest.mark.parametrize("provider", sorted(PROVIDERS - {"wechat"}))  # it has no address
    def test_without_a_link_a_verified_address_decides(self, lobechat: BetterAuth, rows: Rows, provider: str) -> None:
        person = rows.user()
        answer = lobechat.sso(provider, f"id-{person.id}", person.email, email_verified=False)
        assert answer.user_id == person.id
        linked = rows.value("SELECT account_id FROM accounts WHERE user_id = %s", person.id)
        assert linked == f"id-{person.id}"

    def test_an_address_unverified_in_lobechat_links_only_in_the_older_version(
        self, lobechat: BetterAuth, rows: Rows, version: str
    ) -> None:
        person = rows.user(email_verified=False)
        answer = lobechat.sso("google", f"id-{person.id}", person.email)
        assert answer.user_id == (person.id if version == "1.4.6" else None)
        assert answer.error == (None if version == "1.4.6" else "account_not_linked")

    def test_a_password_set_by_email_does_not_verify_the_address(
        self, lobechat: BetterAuth, rows: Rows, version: str
    ) -> None:
        person = rows.user(email_verified=False)
        assert lobechat.set_password(person.email, "a new password").user_id == person.id
        assert not rows.value("SELECT email_verified FROM users WHERE id = %s", person.id)
        linked = lobechat.sso("google", f"id-{person.id}", person.email).user_id
        assert linked == (person.id if version == "1.4.6" else None)

    def test_neither_link_nor_address_makes_a_new_user(self, lobechat: BetterAuth, rows: Rows) -> None:
        person = rows.user()
        rows.link(person, "microsoft", "the sub of another app")
        answer = lobechat.sso("microsoft", "the sub of this app", f"other-{person.email}")
        assert answer.is_new
        assert answer.user_id not in (None, person.id)

    def test_a_provider_that_gives_no_address_lets_nobody_in(self, lobechat: BetterAuth, rows: Rows) -> None:
        person = rows.user()
        rows.link(person, "google", f"id-{person.id}")
        assert lobechat.sso("google", f"id-{person.id}", None).user_id is None

    def test_a_provider_that_is_not_enabled_lets_nobody_in(self, start: Start, rows: Rows) -> None:
        lobechat = start(providers=("github",))
        person = rows.user()
        for provider in sorted((PROVIDERS | {"discord", "twitter"}) - {"github"}):
            rows.link(person, provider, f"id-{person.id}")
            answer = lobechat.sso(provider, f"id-{person.id}", person.email)
            assert (answer.status in (400, 404), answer.user_id) == (True, None)


class TestBans:
    HOUR = timedelta(hours=1)

    @pytest.mark.parametrize("until", [None, HOUR], ids=["for good", "until later"])
    def test_a_banned_user_gets_in_by_no_way(self, lobechat: BetterAuth, rows: Rows, until: timedelta | None) -> None:
        person = with_password(rows, banned=True, ban_expires=until and datetime.now(UTC) + until)
        rows.link(person, "google", f"id-{person.id}")
        refused = lobechat.sign_in(person.email, PASSWORD)
        assert (refused.status, refused.user_id, refused.error) == (403, None, "BANNED_USER")
        assert lobechat.sso("google", f"id-{person.id}", person.email).user_id is None
        assert lobechat.sso("github", f"id-{person.id}", person.email).user_id is None
        assert lobechat.set_password(person.email, "a new password").error == "BANNED_USER"

    @pytest.mark.parametrize(("banned", "until"), [(True, -HOUR), (False, HOUR), (False, None)])
    def test_a_ban_that_has_ended_or_was_never_set_shuts_nobody_out(
        self, lobechat: BetterAuth, rows: Rows, banned: bool, until: timedelta | None
    ) -> None:
        person = with_password(rows, banned=banned, ban_expires=until and datetime.now(UTC) + until)
        assert lobechat.sign_in(person.email, PASSWORD).user_id == person.id


class TestSecondFactor:
    def test_lobechat_does_not_ask_for_it(self, lobechat: BetterAuth, rows: Rows) -> None:
        person = with_second_factor(rows)
        assert lobechat.sign_in(person.email, PASSWORD).user_id == person.id

    def test_with_the_plugin_a_backup_code_opens_once(self, start: Start, rows: Rows) -> None:
        lobechat = start(twoFactor=True)
        person = with_second_factor(rows)
        first = lobechat.sign_in(person.email, PASSWORD)
        assert (first.second_factor, first.user_id) == (True, None)
        assert lobechat.backup_code(person.email, PASSWORD, "wrong-codes").user_id is None
        assert lobechat.backup_code(person.email, PASSWORD, CODE).user_id == person.id
        assert lobechat.backup_code(person.email, PASSWORD, CODE).user_id is None

    def test_with_the_plugin_a_plain_secret_and_its_codes_open_nothing(self, start: Start, rows: Rows) -> None:
        lobechat = start(twoFactor=True)
        person = with_password(rows, two_factor_enabled=True)
        rows.two_factor(person, "JBSWY3DPEHPK3PXP", json.dumps([CODE]))
        assert lobechat.sign_in(person.email, PASSWORD).second_factor
        assert lobechat.backup_code(person.email, PASSWORD, CODE).status == 500
        assert lobechat.totp(person.email, PASSWORD, authenticator_code("JBSWY3DPEHPK3PXP")).status == 500

    def test_an_enrolled_authenticator_with_random_bytes_stops(self, start: Start, rows: Rows) -> None:
        secret = base64.b32encode(bytes(range(200, 220))).decode()
        person = with_second_factor(rows, secret)
        answer = start(twoFactor=True).totp(person.email, PASSWORD, authenticator_code(secret))
        assert (answer.user_id, answer.error) == (None, "INVALID_CODE")

    def test_an_enrolled_authenticator_whose_bytes_are_text_works_on(
        self, start: Start, rows: Rows, version: str
    ) -> None:
        # 1.6.15 then notes it in a column `verified`, which LobeChat's table lacks: whoever enables the plugin adds it.
        key = "twenty ASCII letters"
        person = with_second_factor(rows, key)
        code = authenticator_code(base64.b32encode(key.encode()).decode())
        answer = start(twoFactor=True).totp(person.email, PASSWORD, code)
        assert (answer.status, answer.user_id) == ((200, person.id) if version == "1.4.6" else (500, None))

    def test_the_plugin_does_not_ask_after_a_provider(self, start: Start, rows: Rows) -> None:
        person = with_second_factor(rows)
        rows.link(person, "google", f"id-{person.id}")
        assert start(twoFactor=True).sso("google", f"id-{person.id}", person.email).user_id == person.id


def test_the_harness_knows_lobechats_built_in_providers() -> None:
    assert BUILT_IN < PROVIDERS
    assert len(PROVIDERS) == 17
