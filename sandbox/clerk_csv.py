"""The dashboard's user export, with the peculiarities that operators' files have."""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.kinds import Kind
from sandbox.traits import Traits

if TYPE_CHECKING:
    from sandbox.population import Person

COLUMNS = [
    "id",
    "first_name",
    "last_name",
    "username",
    "primary_email_address",
    "primary_phone_number",
    "verified_email_addresses",
    "unverified_email_addresses",
    "verified_phone_numbers",
    "unverified_phone_numbers",
    "totp_secret",
    "password_digest",
    "password_hasher",
]


def csv_row(person: Traits) -> dict[str, str]:
    """A person's row, with `|` in the lists."""
    verified = person.kind is not Kind.UNVERIFIED_EMAIL
    verified_emails = (person.email if verified else None, person.work_email)
    return {
        "id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "username": person.username or "",
        "primary_email_address": person.email or "",
        "primary_phone_number": person.phone or "",
        "verified_email_addresses": "|".join(filter(None, verified_emails)),
        "unverified_email_addresses": "" if verified else person.email or "",
        "verified_phone_numbers": person.phone or "",
        "unverified_phone_numbers": "",
        "totp_secret": person.totp_secret or "",
        "password_digest": person.digest or "",
        "password_hasher": person.hasher or "",
        "created_at": datetime.fromtimestamp(person.created_at / 1000, UTC).isoformat(timespec="milliseconds"),
    }


def write_csv(  # noqa: PLR0913 - each peculiarity is one keyword
    path: Path,
    people: Iterable["Person"],
    *,
    created_at: bool = True,
    comment: bool = False,
    bom: bool = False,
    crlf: bool = False,
    separator: str = "|",
) -> int:
    """Write the users whom the CSV knows; returns how many."""
    columns = [*COLUMNS, "created_at"] if created_at else COLUMNS
    rows = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        if comment:
            file.write("# users exported from the dashboard\r\n" if crlf else "# users exported from the dashboard\n")
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\r\n" if crlf else "\n")
        writer.writeheader()
        for person in people:
            if person.csv is not None:
                lists = {name: cell.replace("|", separator) for name, cell in person.csv.items() if "verified" in name}
                writer.writerow({**person.csv, **lists})
                rows += 1
    return rows
