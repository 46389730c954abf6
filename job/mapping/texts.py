"""What of Clerk's texts and times PostgreSQL can hold.

Names are cleaned; identifiers (ids, user names, phone numbers) are never altered but for white space around them: one
that cannot be held is dropped, since a changed one could be another user's.
"""

from datetime import UTC, datetime

MAX_IDENTIFIER_LENGTH = 255  # unique indexes refuse rows above 2,704 bytes; Clerk's own limits are far below
MAX_TIME_MS = 253_402_300_799_999  # the end of the year 9999: what Python, JavaScript and PostgreSQL all can read

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def clean_text(value: str | None) -> str | None:
    """`value` trimmed and without NUL and lone surrogates, which PostgreSQL refuses; empty becomes None."""
    if value is None:
        return None
    if not value.isprintable():
        value = value.replace("\0", "").encode("utf-8", "ignore").decode()
    return value.strip() or None


def clean_identifier(value: str | None) -> str | None:
    """`value` trimmed; None where it is empty, too long for an index or holds anything but printable characters."""
    if value is None:
        return None
    value = value.strip()
    return value if value and value.isprintable() and len(value) <= MAX_IDENTIFIER_LENGTH else None


def clean_time(milliseconds: int | None) -> int | None:
    """`milliseconds` since 1970; None where it lies before 1970 or after the year 9999, which no Clerk user can."""
    return milliseconds if milliseconds is not None and 0 <= milliseconds <= MAX_TIME_MS else None


def parse_time(text: str | None) -> int | None:
    """Milliseconds since 1970 of an ISO 8601 text, taken as UTC where it names no zone; None where it is not one."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        elapsed = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    except (ValueError, OverflowError):
        return None
    return clean_time(elapsed.days * 86_400_000 + elapsed.seconds * 1000 + elapsed.microseconds // 1000)
