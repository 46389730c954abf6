"""A user as Clerk tells of it: one shape for the API, one for the dashboard's CSV.

Only the fields that the job uses; everything else in Clerk's answers is passed over while decoding.
Source: Clerk's Backend API 2025-04-10 and the dashboard's user export.  Times are milliseconds since 1970 UTC.
"""

from typing import NamedTuple

from msgspec import Struct


class Verification(Struct, frozen=True, gc=False, omit_defaults=True):
    """How far Clerk got in proving that an address or a link is the user's own."""

    status: str | None = None


class EmailAddress(Struct, frozen=True, gc=False, omit_defaults=True):
    """One of a user's email addresses."""

    id: str
    email_address: str
    verification: Verification | None = None


class PhoneNumber(Struct, frozen=True, gc=False, omit_defaults=True):
    """One of a user's phone numbers."""

    id: str
    phone_number: str
    verification: Verification | None = None


class ExternalAccount(Struct, frozen=True, gc=False, omit_defaults=True):
    """A link to a provider.  `verification` may be None in old records; any status but `verified` proves nothing.

    `email_address_verified` is the provider's word on the address; None where Clerk does not know it.
    """

    id: str
    provider: str
    provider_user_id: str | None = None
    approved_scopes: str | None = None
    email_address: str | None = None
    created_at: int | None = None
    updated_at: int | None = None
    verification: Verification | None = None
    email_address_verified: bool | None = None


class OtherAccount(Struct, frozen=True, gc=False, omit_defaults=True):
    """A SAML or enterprise account, a web3 wallet or a passkey: only that it exists matters to the job."""

    id: str | None = None


class ClerkUser(Struct, frozen=True, gc=False, omit_defaults=True):
    """A user of Clerk's API, and a line of clerk_users.json.

    `lockout_expires_at` is the job's own: the export turns `lockout_expires_in_seconds`, which counts from the time
    of the answer, into a moment.  `from_guide_export` is too: the user comes from the file of the guide's own script,
    which knows no name, no phone number and no verification of an email address; there the CSV's word stands.
    """

    id: str
    created_at: int
    updated_at: int | None = None
    last_active_at: int | None = None
    last_sign_in_at: int | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    image_url: str | None = None
    has_image: bool = False
    primary_email_address_id: str | None = None
    primary_phone_number_id: str | None = None
    email_addresses: tuple[EmailAddress, ...] = ()
    phone_numbers: tuple[PhoneNumber, ...] = ()
    external_accounts: tuple[ExternalAccount, ...] = ()
    saml_accounts: tuple[OtherAccount, ...] = ()
    enterprise_accounts: tuple[OtherAccount, ...] = ()
    web3_wallets: tuple[OtherAccount, ...] = ()
    passkeys: tuple[OtherAccount, ...] = ()
    password_enabled: bool = False
    two_factor_enabled: bool = False
    totp_enabled: bool = False
    banned: bool = False
    locked: bool = False
    deprovisioned: bool = False
    lockout_expires_in_seconds: int | None = None
    lockout_expires_at: int | None = None
    from_guide_export: bool = False


class CsvUser(NamedTuple):
    """A row of the dashboard's CSV, by name and with white space trimmed; an absent or empty cell is None.

    Only the columns that the job uses.  The two lists stay as they stand in the file, addresses separated by `|` or
    `,`; `created_at` is ISO 8601.
    """

    line: int  # where the row begins in the file, counted from 1
    id: str
    first_name: str | None = None
    last_name: str | None = None
    username: str | None = None
    primary_email_address: str | None = None
    primary_phone_number: str | None = None
    verified_email_addresses: str | None = None
    verified_phone_numbers: str | None = None
    totp_secret: str | None = None
    password_digest: str | None = None
    password_hasher: str | None = None
    created_at: str | None = None
