"""Passwords: which digests are carried over, how, and what is said of the others."""

import pytest

from job.mapping import map_user
from job.mapping.passwords import CLERK_HASHERS
from job.mapping.rows import FindingCode
from tests.mapping.build import DIGEST, OPTIONS, api_user, codes, csv_user

ENABLED = api_user(password_enabled=True)


@pytest.mark.parametrize("version", ["$2a$", "$2b$"])
def test_a_digest_that_better_auth_checks_is_written_as_it_stands(version: str) -> None:
    digest = version + DIGEST[4:]
    (row,) = map_user(csv_user(password_digest=digest, password_hasher="bcrypt"), ENABLED, OPTIONS).accounts
    assert row[:7] == ("cred_user_1", "user_1", "credential", "user_1", None, digest, None)
    assert row.created_at_ms == row.updated_at_ms == ENABLED.created_at
    assert row.can_sign_in


def test_2y_becomes_2b_and_the_original_is_remembered() -> None:
    digest = "$2y$" + DIGEST[4:]
    (row,) = map_user(csv_user(password_digest=digest, password_hasher="bcrypt"), ENABLED, OPTIONS).accounts
    assert (row.password, row.source_password) == ("$2b$" + DIGEST[4:], digest)


def test_the_digest_decides_over_the_label() -> None:
    mapped = map_user(csv_user(password_digest=DIGEST, password_hasher="argon2id"), ENABLED, OPTIONS)
    assert mapped.accounts[0].password == DIGEST
    assert mapped.findings == ()


@pytest.mark.parametrize(
    "digest",
    [
        DIGEST[:-1],
        DIGEST + "a",
        DIGEST[:-1] + "!",
        DIGEST + "\n",
        "$2x$" + DIGEST[4:],
        "$2$" + DIGEST[3:],
        DIGEST.replace("$10$", "$03$"),
        DIGEST.replace("$10$", "$32$"),
        "bcrypt_sha256$" + DIGEST,
        "5f4dcc3b5aa765d6",
    ],
)
def test_a_digest_that_better_auth_cannot_check_is_never_written(digest: str) -> None:
    mapped = map_user(csv_user(password_digest=digest, password_hasher="bcrypt"), ENABLED, OPTIONS)
    assert mapped.accounts == ()
    assert codes(mapped) == [FindingCode.PASSWORD_HASHER_UNSUPPORTED]


@pytest.mark.parametrize("hasher", sorted(CLERK_HASHERS - {"bcrypt"}))
def test_the_hasher_is_named(hasher: str) -> None:
    mapped = map_user(csv_user(password_digest="salt$digest", password_hasher=hasher), ENABLED, OPTIONS)
    assert [finding.detail for finding in mapped.findings] == [hasher]


def test_a_label_that_is_no_hasher_of_clerks_is_not_repeated() -> None:
    mapped = map_user(csv_user(password_digest="salt$digest", password_hasher="ann@example.com"), ENABLED, OPTIONS)
    assert [finding.detail for finding in mapped.findings] == ["unknown"]


def test_a_disabled_password_stays_behind() -> None:
    mapped = map_user(csv_user(password_digest=DIGEST), api_user(password_enabled=False), OPTIONS)
    assert mapped.accounts == ()
    assert codes(mapped) == [FindingCode.PASSWORD_DISABLED]


def test_a_password_without_a_digest_is_named() -> None:
    assert codes(map_user(csv_user(), ENABLED, OPTIONS)) == [FindingCode.PASSWORD_DIGEST_MISSING]
    assert codes(map_user(None, ENABLED, OPTIONS)) == [
        FindingCode.ONLY_IN_API,
        FindingCode.PASSWORD_DIGEST_MISSING,
    ]


def test_without_a_csv_at_all_no_user_is_said_to_be_missing_from_it() -> None:
    assert map_user(None, api_user(), OPTIONS._replace(csv_expected=False)).findings == ()


def test_of_a_user_whom_only_the_csv_knows_a_digest_is_enabled() -> None:
    mapped = map_user(csv_user(password_digest=DIGEST), None, OPTIONS)
    assert mapped.accounts[0].password == DIGEST


def test_a_password_opens_nothing_without_an_email_to_type() -> None:
    mapped = map_user(csv_user(password_digest=DIGEST, primary_email_address=None), None, OPTIONS)
    assert not mapped.accounts[0].can_sign_in
