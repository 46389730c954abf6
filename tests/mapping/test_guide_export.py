"""Users from the file of the guide's own script: names, phone and second factor come from the CSV."""

from job.clerk.models import ClerkUser, CsvUser, EmailAddress, ExternalAccount
from job.mapping import map_user
from job.mapping.rows import MappingOptions

OPTIONS = MappingOptions(
    csv_expected=True,
    preserve_two_factor=True,
    auth_secret="a-secret-of-the-test",
    provider_map={},
    enabled_providers=None,
    links_verified_only=True,
    exported_at_ms=1_700_000_000_000,
)
API = ClerkUser(
    id="user_1",
    created_at=1_700_000_000_000,
    from_guide_export=True,
    primary_email_address_id="primaryEmail",
    email_addresses=(EmailAddress("primaryEmail", "Ada@Example.org"),),
)
CSV = CsvUser(
    line=2,
    id="user_1",
    first_name="Ada",
    username="ada",
    primary_email_address="Ada@Example.org",
    verified_email_addresses="Ada@Example.org",
    primary_phone_number="+15550001",
    verified_phone_numbers="+15550001",
    totp_secret="7777777777777777",
)


def test_the_csv_fills_what_the_guides_file_leaves_out() -> None:
    mapped = map_user(CSV, API, OPTIONS)
    assert mapped.user.email == "ada@example.org"
    assert mapped.user.email_verified is True
    assert (mapped.user.first_name, mapped.user.username) == ("Ada", "ada")
    assert (mapped.user.phone, mapped.user.phone_number_verified) == ("+15550001", True)
    assert mapped.two_factor is not None


def test_an_address_that_the_csv_does_not_list_as_verified_is_not_verified() -> None:
    mapped = map_user(CSV._replace(verified_email_addresses=None), API, OPTIONS)
    assert mapped.user.email_verified is False


def test_a_microsoft_link_opens_only_with_a_verified_address() -> None:
    link = ExternalAccount("eac_1", "oauth_microsoft", "m-1", None, "ada@example.org")
    user = ClerkUser(**{**{name: getattr(API, name) for name in API.__struct_fields__}, "external_accounts": (link,)})
    verified = map_user(CSV, user, OPTIONS).accounts[0]
    unverified = map_user(CSV._replace(verified_email_addresses=None), user, OPTIONS).accounts[0]
    assert (verified.can_sign_in, unverified.can_sign_in) == (True, False)
