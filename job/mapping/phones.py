"""The primary phone number."""

from job.clerk.models import ClerkUser, CsvUser
from job.mapping.emails import is_listed
from job.mapping.texts import clean_identifier


def primary_phone(csv: CsvUser | None, api: ClerkUser | None) -> tuple[str | None, bool | None]:
    """The primary number and whether Clerk has verified that one; (None, None) where there is none."""
    number, verified = _of_api(api) if api else _of_csv(csv)
    number = clean_identifier(number)
    return number, (verified if number else None)


def _of_api(api: ClerkUser) -> tuple[str | None, bool]:
    primary = api.primary_phone_number_id
    if primary is not None:
        for phone in api.phone_numbers:
            if phone.id == primary:
                verification = phone.verification
                return phone.phone_number, verification is not None and verification.status == "verified"
    return None, False


def _of_csv(csv: CsvUser | None) -> tuple[str | None, bool]:
    number = csv.primary_phone_number if csv else None
    return number, bool(csv and number and is_listed(number.strip().lower(), csv.verified_phone_numbers))
