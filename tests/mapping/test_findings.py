"""Every finding that the mapping can give is given for some user, and the page on the mapping names it."""

from pathlib import Path

import pytest

from job.clerk.models import EmailAddress, OtherAccount
from job.mapping import map_user
from job.mapping.rows import AccountRow, FindingCode, UserRow
from tests.mapping.build import DIGEST, OPTIONS, UNVERIFIED, api_user, codes, csv_user, link

PAGE = Path(__file__).parents[2].joinpath("docs/mapping.md").read_text(encoding="utf-8")
ONE = (OtherAccount("id"),)
LINKS = [
    *(link("oauth_google"), link("oauth_google", id="eac_2"), link("oauth_github", verification=UNVERIFIED)),
    *(link("oauth_github", provider_user_id=None), link("oauth_custom_acme"), link("oauth_x", id="eac_3")),
    *(link("oauth_okta", id="eac_4"), link("oauth_microsoft", id="eac_5", email_address=None)),
    link("oauth_apple", id="eac_6", email_address=None),
    link("oauth_apple", id="eac_7", provider_user_id="1007", email_address_verified=False),
]
TOTP = api_user(totp_enabled=True, password_enabled=True)
USERS = [
    (csv_user(password_digest="x", totp_secret="GE======"), None),
    (None, TOTP),
    (csv_user(password_digest=DIGEST), api_user(external_accounts=tuple(LINKS), two_factor_enabled=True)),
    (csv_user(totp_secret="!"), TOTP),
    (csv_user(totp_secret="77777777"), TOTP),
    (csv_user(), api_user(saml_accounts=ONE, enterprise_accounts=ONE, web3_wallets=ONE, passkeys=ONE)),
    (csv_user(), api_user(primary_email_address_id=None, email_addresses=())),
    (csv_user(), api_user(email_addresses=(EmailAddress("idn_1", "ann"),))),
]
OF_THE_MAPPING = list(FindingCode)[: list(FindingCode).index(FindingCode.CONFLICT_EMAIL)]
OF_THE_MAPPING.remove(FindingCode.ONLY_IN_LOBECHAT)


def test_each_finding_of_the_mapping_can_be_reached() -> None:
    options = OPTIONS._replace(enabled_providers=frozenset({"google", "apple", "microsoft"}))
    assert {code for pair in USERS for code in codes(map_user(*pair, options))} == set(OF_THE_MAPPING)


@pytest.mark.parametrize("code", OF_THE_MAPPING)
def test_the_page_names_each_finding(code: FindingCode) -> None:
    assert f"`{code}`" in PAGE


@pytest.mark.parametrize("field", [*UserRow._fields[:17], *AccountRow._fields[:5]])
def test_the_page_names_each_column(field: str) -> None:
    assert field == "user_id" or f"`{field.removesuffix('_ms')}`" in PAGE
