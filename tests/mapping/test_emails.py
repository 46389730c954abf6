"""Email addresses: what is written, whether it counts as verified, and whether a sign-in finds it."""

import pytest

from job.clerk.models import EmailAddress
from job.mapping import map_user
from job.mapping.emails import normalise_email
from job.mapping.rows import FindingCode
from tests.mapping.build import OPTIONS, UNVERIFIED, VERIFIED, api_user, codes, csv_user
from tests.support.sign_in_rule import is_matchable


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("  Ann@Example.COM ", "ann@example.com"),
        ("\ufeffann@example.com\r\n", "ann@example.com"),
        ("İda@example.com", "i\u0307da@example.com"),  # as JavaScript's toLowerCase
        ("ΑΝΝΑΣ@example.com", "αννας@example.com"),
        ("", None),
        ("   ", None),
        (None, None),
    ],
)
def test_an_address_is_trimmed_and_lower_cased_as_javascript_does(typed: str | None, written: str | None) -> None:
    assert normalise_email(typed) == written


@pytest.mark.parametrize(
    "address",
    [
        "ann",
        "@example.com",
        "ann@",
        "a b@example.com",
        "ann@@example.com",
        "a@b@c",
        "ann\x00@example.com",
        "ann@exa\tmple.com",
        "ann@\ud800.com",
        "ann\u200b@example.com",
        "ann@\u3000example.com",
        f"{'a' * 250}@b.cd",
    ],
)
def test_what_is_no_address_is_written_as_null_and_named(address: str) -> None:
    mapped = map_user(None, api_user(email_addresses=(EmailAddress("idn_1", address, VERIFIED),)), OPTIONS)
    assert mapped.user.email is None
    assert not mapped.user.email_verified
    assert FindingCode.EMAIL_INVALID in codes(mapped)
    assert FindingCode.NO_EMAIL not in codes(mapped)


def test_verified_speaks_of_the_primary_address_only() -> None:
    addresses = (EmailAddress("idn_1", "a@b.cd", UNVERIFIED), EmailAddress("idn_2", "e@f.gh", VERIFIED))
    first = map_user(None, api_user(email_addresses=addresses), OPTIONS).user
    second = map_user(None, api_user(email_addresses=addresses, primary_email_address_id="idn_2"), OPTIONS).user
    assert first[1:3] == ("a@b.cd", False)
    assert second[1:3] == ("e@f.gh", True)


def test_the_api_wins_over_the_csv() -> None:
    mapped = map_user(csv_user(primary_email_address="old@example.com"), api_user(), OPTIONS)
    assert mapped.user.email == "ann@example.com"


def test_without_a_primary_address_the_csvs_is_taken_if_the_user_still_has_it() -> None:
    api = api_user(primary_email_address_id=None)
    kept = map_user(csv_user(primary_email_address="ANN@example.com"), api, OPTIONS)
    stale = map_user(csv_user(primary_email_address="old@example.com"), api, OPTIONS)
    assert kept.user[1:3] == ("ann@example.com", True)
    assert stale.user[1:3] == (None, False)
    assert FindingCode.NO_EMAIL in codes(stale)


@pytest.mark.parametrize(
    ("listed", "verified"),
    [("x@y.zw|Ann@example.com", True), ("x@y.zw, ann@example.com", True), ("x@y.zw", False), (None, False)],
)
def test_of_a_user_whom_only_the_csv_knows_its_list_decides(listed: str | None, verified: bool) -> None:
    mapped = map_user(csv_user(verified_email_addresses=listed), None, OPTIONS)
    assert mapped.user[1:3] == ("ann@example.com", verified)
    assert FindingCode.ONLY_IN_CSV in codes(mapped)


@pytest.mark.parametrize(
    ("email", "matchable"),
    [
        ("ann.b+c@example.co.uk", True),
        ("o'neill@example.com", True),
        ("Ann@example.com", False),
        (None, False),
        ("ann!@example.com", False),
        ("änn@example.com", False),
        ("a..b@example.com", False),
        ("ann@host", False),
    ],
)
def test_better_auth_refuses_addresses_that_its_validator_does_not_know(email: str | None, matchable: bool) -> None:
    assert is_matchable(email) is matchable
