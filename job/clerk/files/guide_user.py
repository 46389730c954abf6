"""The shape that the guide's own script gives to its users: some fields of Clerk's, and two names of its own."""

import msgspec

from job.clerk.models import ClerkUser, EmailAddress, ExternalAccount, Verification

PRIMARY = "primaryEmail"


class _Account(ExternalAccount, frozen=True, gc=False):
    verification_status: bool | None = msgspec.field(default=None, name="verificationStatus")


class _User(ClerkUser, frozen=True, gc=False):
    external_accounts: tuple[_Account, ...] = ()
    primary_email: str | None = msgspec.field(default=None, name=PRIMARY)


_decoder = msgspec.json.Decoder(_User)


def is_guide_user(data: bytes) -> bool:
    """Whether this JSON object has the guide's names rather than Clerk's."""
    return b'"email_addresses"' not in data and (b'"primaryEmail"' in data or b'"verificationStatus"' in data)


def decode_guide_user(data: bytes) -> ClerkUser:
    """The user as if Clerk had told of it; names, phones and two-factor are known to the CSV alone."""
    user = _decoder.decode(data)
    fields = {name: getattr(user, name) for name in ClerkUser.__struct_fields__}
    fields["from_guide_export"] = True
    fields["external_accounts"] = tuple(map(_account, user.external_accounts))
    if user.primary_email is not None:
        fields["email_addresses"] = (EmailAddress(id=PRIMARY, email_address=user.primary_email),)
        fields["primary_email_address_id"] = PRIMARY
    return ClerkUser(**fields)


def _account(account: _Account) -> ExternalAccount:
    fields = {name: getattr(account, name) for name in ExternalAccount.__struct_fields__}
    if account.verification_status is not None:
        fields["verification"] = Verification("verified" if account.verification_status else "unverified")
    return ExternalAccount(**fields)
