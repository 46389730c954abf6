"""Two-factor rows: decrypted as Better Auth does it, and the authenticator's fate."""

import json
import re
from base64 import b32encode
from hashlib import sha256

import pytest
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt

from job.mapping import map_user
from job.mapping.rows import FindingCode, Mapped, MappingOptions
from tests.mapping.build import OPTIONS, api_user, codes, csv_user

RANDOM = b32encode(bytes(range(240, 256)) + b"abcd").decode()  # as Clerk's: 20 bytes that are no text
TEXT = b32encode(b"twenty bytes of text").decode()
ENROLLED = api_user(totp_enabled=True, two_factor_enabled=True)


def decrypt(ciphertext: str, auth_secret: str) -> str:
    raw = bytes.fromhex(ciphertext)
    key = sha256(auth_secret.encode()).digest()
    return crypto_aead_xchacha20poly1305_ietf_decrypt(raw[24:], None, raw[:24], key).decode()


def enrolled(secret: str | None, options: MappingOptions = OPTIONS) -> Mapped:
    return map_user(csv_user(totp_secret=secret), ENROLLED, options)


def test_secret_and_codes_decrypt_under_auth_secret() -> None:
    row = enrolled(RANDOM).two_factor
    assert row is not None
    assert (row.id, row.user_id) == ("tf_user_1", "user_1")
    assert row.secret == row.secret.lower()
    assert decrypt(row.secret, str(OPTIONS.auth_secret)) == RANDOM
    assert decrypt(row.backup_codes, str(OPTIONS.auth_secret)) == json.dumps(row.codes, separators=(",", ":"))


def test_ten_different_codes_are_shaped_like_better_auths() -> None:
    row = enrolled(RANDOM).two_factor
    assert row is not None
    assert len(set(row.codes)) == 10
    assert all(re.fullmatch(r"[A-Za-z0-9]{5}-[A-Za-z0-9]{5}", code) for code in row.codes)


def test_codes_differ_by_user_by_secret_and_by_auth_secret() -> None:
    rows = [
        enrolled(RANDOM).two_factor,
        enrolled(TEXT).two_factor,
        enrolled(RANDOM, OPTIONS._replace(auth_secret="another")).two_factor,
        map_user(csv_user(id="user_2", totp_secret=RANDOM), None, OPTIONS).two_factor,
    ]
    every = [code for row in rows if row for code in row.codes]
    assert len(set(every)) == len(every) == 40


def test_a_random_secret_stops_the_authenticator_and_the_codes_open() -> None:
    mapped = enrolled(RANDOM)
    assert mapped.user.two_factor_enabled
    assert codes(mapped) == [FindingCode.AUTHENTICATOR_STOPS]


def test_a_secret_that_is_text_goes_on_working() -> None:
    mapped = enrolled(TEXT)
    assert mapped.two_factor is not None
    assert decrypt(mapped.two_factor.secret, str(OPTIONS.auth_secret)) == "twenty bytes of text"
    assert mapped.findings == ()


def test_a_text_that_javascript_would_shorten_does_not_count_as_one() -> None:
    mapped = enrolled(b32encode("\ufeffseventeen bytes".encode()).decode())
    assert codes(mapped) == [FindingCode.AUTHENTICATOR_STOPS]


@pytest.mark.parametrize("secret", [RANDOM, TEXT])
def test_without_auth_secret_the_plain_secret_is_stored_and_locks_nobody_out(secret: str) -> None:
    mapped = enrolled(secret, OPTIONS._replace(auth_secret=None))
    assert mapped.two_factor is not None
    assert tuple(mapped.two_factor) == ("tf_user_1", "user_1", secret, "[]", secret, ())
    assert not mapped.user.two_factor_enabled
    assert codes(mapped) == [FindingCode.AUTHENTICATOR_STOPS]


def test_reenroll_writes_nothing_and_names_the_user() -> None:
    mapped = enrolled(RANDOM, OPTIONS._replace(preserve_two_factor=False))
    assert mapped.two_factor is None
    assert not mapped.user.two_factor_enabled
    assert codes(mapped) == [FindingCode.AUTHENTICATOR_STOPS]


def test_blanks_padding_and_small_letters_are_no_fault() -> None:
    tidy, untidy = enrolled(RANDOM), enrolled(RANDOM.lower()[:8] + " " + RANDOM.lower()[8:] + "==")
    assert tidy == untidy


@pytest.mark.parametrize("secret", ["A", "ABC", "not base32!", "0189", "====", "Ä" * 8, "\ud800", "\0"])
def test_a_secret_that_is_not_base32_is_named_and_not_written(secret: str) -> None:
    mapped = enrolled(secret)
    assert mapped.two_factor is None
    assert not mapped.user.two_factor_enabled
    assert codes(mapped) == [FindingCode.TOTP_SECRET_INVALID]


def test_a_secret_that_the_csv_does_not_have_is_named() -> None:
    assert codes(enrolled(None)) == [FindingCode.TOTP_SECRET_MISSING]


def test_a_factor_that_is_not_totp_is_lost() -> None:
    mapped = map_user(csv_user(), api_user(two_factor_enabled=True), OPTIONS)
    assert mapped.two_factor is None
    assert codes(mapped) == [FindingCode.SECOND_FACTOR_LOST]


def test_a_secret_that_is_no_longer_in_use_stays_behind() -> None:
    mapped = map_user(csv_user(totp_secret=RANDOM), api_user(), OPTIONS)
    assert mapped.two_factor is None
    assert mapped.findings == ()
