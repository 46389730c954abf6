"""Email addresses as Better Auth looks them up: trimmed, lower-cased, or NULL."""

from job.clerk.models import ClerkUser, CsvUser

MAX_EMAIL_LENGTH = 254  # RFC 5321

_SEPARATORS = str.maketrans("|", ",")


def normalise_email(value: str | None) -> str | None:
    """`value` trimmed and lower-cased as JavaScript does it; None where it is empty or not an address.

    An address has one `@` with something on either side, and no blank, control or other unprintable character.
    """
    if value is None:
        return None
    value = fold_email(value)
    at = value.find("@")
    if (
        at < 1
        or at != value.rfind("@")
        or at == len(value) - 1
        or " " in value
        or not value.isprintable()
        or len(value) > MAX_EMAIL_LENGTH
    ):
        return None
    return value


def fold_email(value: str) -> str:
    """`value` trimmed and lower-cased as JavaScript does it, address or not; empty where it holds blanks alone."""
    return value.strip(" \t\r\n\ufeff\xa0").lower()


def is_listed(address: str, cell: str | None) -> bool:
    """Whether a list of the CSV, separated by `|` or `,`, has the address, whatever its case."""
    return cell is not None and address in [one.strip().lower() for one in cell.translate(_SEPARATORS).split(",")]


def primary_email(csv: CsvUser | None, api: ClerkUser | None) -> tuple[str | None, bool]:
    """The primary address as it stands at Clerk, and whether Clerk has verified that one.

    The API knows best.  Where it names no primary address the CSV's is taken, if the user still has it.
    """
    if api is None:
        address = csv.primary_email_address if csv else None
        return address, bool(csv and address and is_listed(address.strip().lower(), csv.verified_email_addresses))
    primary = api.primary_email_address_id
    if primary is not None:
        for email in api.email_addresses:
            if email.id == primary:
                verification = email.verification
                return email.email_address, verification is not None and verification.status == "verified"
    if csv and csv.primary_email_address:
        wanted = csv.primary_email_address.strip().lower()
        for email in api.email_addresses:
            if email.email_address.strip().lower() == wanted:
                return email.email_address, email.verification is not None and email.verification.status == "verified"
    return None, False
