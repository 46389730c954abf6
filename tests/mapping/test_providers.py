"""Links: LobeChat's provider ids, what is left behind, and what will not open."""

from typing import Any

import pytest

from job.clerk.models import EmailAddress, OtherAccount, Verification
from job.lobechat_env.variables import LOBECHAT_PROVIDERS
from job.mapping import map_user
from job.mapping.providers import comma_scope
from job.mapping.rows import FindingCode, Mapped, MappingOptions
from tests.mapping.build import OPTIONS, UNVERIFIED, api_user, codes, csv_user, link


def mapped_links(*links: object, options: MappingOptions = OPTIONS) -> Mapped:
    return map_user(csv_user(), api_user(external_accounts=links), options)


@pytest.mark.parametrize("provider", sorted(LOBECHAT_PROVIDERS))
@pytest.mark.parametrize("prefix", ["oauth_", "oauth_custom_"])
def test_every_provider_that_lobechat_serves_opens(provider: str, prefix: str) -> None:
    mapped = mapped_links(link(prefix + provider))
    assert [(row.provider_id, row.can_sign_in) for row in mapped.accounts] == [(provider, True)]
    assert mapped.findings == ()


def test_a_link_keeps_its_id_the_providers_id_scopes_and_times() -> None:
    account = link(approved_scopes="email  openid\nemail", created_at=5, updated_at=7)
    (row,) = mapped_links(account).accounts
    assert row == ("eac_1", "user_1", "google", "1001", "email,openid", None, None, 5, 7, True)


def test_a_link_that_was_never_updated_takes_its_creation_time() -> None:
    assert mapped_links(link(created_at=5)).accounts[0].updated_at_ms == 5


@pytest.mark.parametrize("status", ["unverified", "failed", "expired", "transferable", None])
def test_a_link_that_clerk_has_not_verified_is_never_carried_over(status: str | None) -> None:
    mapped = mapped_links(link(verification=Verification(status)))
    assert mapped.accounts == ()
    assert mapped.findings == (("user_1", FindingCode.LINK_UNVERIFIED, "google"),)


def test_an_old_link_without_a_verification_is_carried_over() -> None:
    assert len(mapped_links(link(verification=None)).accounts) == 1


@pytest.mark.parametrize("changes", [{"provider_user_id": None}, {"provider_user_id": " "}, {"id": ""}])
def test_a_link_without_an_id_costs_the_link_and_not_the_user(changes: dict[str, Any]) -> None:
    mapped = mapped_links(link(**changes), link("oauth_github", id="eac_2"))
    assert [row.provider_id for row in mapped.accounts] == ["github"]
    assert mapped.findings == (("user_1", FindingCode.LINK_WITHOUT_ID, "google"),)


def test_the_same_account_twice_is_one_row() -> None:
    mapped = mapped_links(link(), link(id="eac_2"), link(id="eac_3", provider_user_id="2002"))
    assert [row.id for row in mapped.accounts] == ["eac_1", "eac_3"]
    assert codes(mapped) == [FindingCode.LINK_REPEATED]


def test_a_custom_connection_must_be_mapped() -> None:
    mapped = mapped_links(link("oauth_custom_acme"))
    assert mapped.accounts == ()
    assert mapped.findings == (("user_1", FindingCode.PROVIDER_UNMAPPED, "custom_acme"),)


def test_the_map_names_lobechats_provider() -> None:
    options = OPTIONS._replace(provider_map={"custom_acme": "generic-oidc", "custom_okta": "keycloak"})
    mapped = mapped_links(link("oauth_custom_acme"), link("oauth_custom_okta", id="eac_2"), options=options)
    assert [(row.provider_id, row.can_sign_in) for row in mapped.accounts] == [
        ("generic-oidc", True),
        ("keycloak", True),
    ]


def test_a_provider_that_lobechat_does_not_serve_is_kept_as_a_row_that_does_not_open() -> None:
    mapped = mapped_links(link("oauth_discord"), link("oauth_x", id="eac_2"))
    assert [(row.provider_id, row.can_sign_in) for row in mapped.accounts] == [("discord", False), ("x", False)]
    assert codes(mapped) == [FindingCode.PROVIDER_UNSERVED] * 2


@pytest.mark.parametrize("provider", ["oauth_credential", "credential", "oauth_", ""])
def test_no_provider_can_pass_for_better_auths_own_credential(provider: str) -> None:
    mapped = mapped_links(link(provider))
    assert mapped.accounts == ()
    assert codes(mapped) == [FindingCode.PROVIDER_UNMAPPED]


def test_a_provider_that_is_not_enabled_does_not_open() -> None:
    mapped = mapped_links(link(), options=OPTIONS._replace(enabled_providers=frozenset({"github"})))
    assert [row.can_sign_in for row in mapped.accounts] == [False]
    assert codes(mapped) == [FindingCode.PROVIDER_NOT_ENABLED]


@pytest.mark.parametrize("verified_only", [True, False])
def test_microsoft_opens_with_an_unverified_email_where_better_auth_links_by_one(verified_only: bool) -> None:
    user = api_user(
        external_accounts=(link("oauth_microsoft"),),
        email_addresses=(EmailAddress("idn_1", "ann@example.com", UNVERIFIED),),
    )
    (row,) = map_user(csv_user(), user, OPTIONS._replace(links_verified_only=verified_only)).accounts
    assert row.can_sign_in is not verified_only


@pytest.mark.parametrize("theirs", ["ann@outlook.com", None])
def test_microsoft_opens_only_where_the_email_is_the_same(theirs: str | None) -> None:
    same = mapped_links(link("oauth_microsoft", email_address=" Ann@Example.com"))
    other = mapped_links(link("oauth_microsoft", email_address=theirs))
    assert [row.can_sign_in for row in same.accounts + other.accounts] == [True, False]
    assert codes(same) == []
    assert codes(other) == [FindingCode.MICROSOFT_EMAIL_DIFFERS]


def test_apple_opens_and_a_different_email_is_named() -> None:
    mapped = mapped_links(link("oauth_apple", email_address="x7@privaterelay.appleid.com"))
    assert mapped.accounts[0].can_sign_in
    assert codes(mapped) == [FindingCode.APPLE_EMAIL_DIFFERS]


@pytest.mark.parametrize(
    ("provider", "verified", "named"),
    [
        ("oauth_microsoft", False, [FindingCode.PROVIDER_EMAIL_UNVERIFIED]),
        ("oauth_apple", False, [FindingCode.PROVIDER_EMAIL_UNVERIFIED]),
        ("oauth_microsoft", True, []),
        ("oauth_microsoft", None, []),
        ("oauth_google", False, []),
    ],
)
def test_an_address_that_the_provider_has_not_verified_is_named_where_it_decides(
    provider: str, verified: bool | None, named: list[FindingCode]
) -> None:
    """It signs in all the same: LobeChat trusts the providers that it enables."""
    mapped = mapped_links(link(provider, email_address="ann@example.com", email_address_verified=verified))
    assert mapped.accounts[0].can_sign_in
    assert codes(mapped) == named


def test_what_lobechat_has_nothing_like_is_named() -> None:
    one = (OtherAccount("id"),)
    api = api_user(saml_accounts=one, enterprise_accounts=one, web3_wallets=one, passkeys=one)
    assert codes(map_user(csv_user(), api, OPTIONS)) == [
        FindingCode.SAML_LOST,
        FindingCode.ENTERPRISE_LOST,
        FindingCode.WEB3_LOST,
        FindingCode.PASSKEY_LOST,
    ]


@pytest.mark.parametrize(
    ("clerk", "written"),
    [("email openid", "email,openid"), ("b a b", "b,a"), ("a, b", "a,b"), ("  ", None), (",", None), (None, None)],
)
def test_scopes_become_a_list_with_commas(clerk: str | None, written: str | None) -> None:
    assert comma_scope(clerk) == written
