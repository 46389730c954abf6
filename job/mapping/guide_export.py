"""Users from the file of the guide's own script: what it leaves out, the CSV knows."""

import msgspec

from job.clerk.models import ClerkUser, CsvUser, EmailAddress, PhoneNumber, Verification
from job.mapping.emails import is_listed

PRIMARY = "primary"


def complete(api: ClerkUser, csv: CsvUser) -> ClerkUser:
    """The user with names, addresses and second factor as the CSV has them."""
    address = api.email_addresses[0].email_address if api.email_addresses else csv.primary_email_address
    return msgspec.structs.replace(
        api,
        from_guide_export=False,
        username=csv.username,
        first_name=csv.first_name,
        last_name=csv.last_name,
        totp_enabled=api.totp_enabled or csv.totp_secret is not None,
        primary_email_address_id=PRIMARY,
        email_addresses=(EmailAddress(PRIMARY, address, _listed(address, csv.verified_email_addresses)),)
        if address
        else (),
        primary_phone_number_id=PRIMARY,
        phone_numbers=(
            PhoneNumber(
                PRIMARY, csv.primary_phone_number, _listed(csv.primary_phone_number, csv.verified_phone_numbers)
            ),
        )
        if csv.primary_phone_number
        else (),
    )


def _listed(value: str, cell: str | None) -> Verification:
    return Verification("verified" if is_listed(value.strip().lower(), cell) else "unverified")
