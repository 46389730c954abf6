"""The dashboard's user export, with the peculiarities that operators' files have."""

import csv
from collections.abc import Iterable
from pathlib import Path

from sandbox.population import Person

COLUMNS = (
    "id,first_name,last_name,username,primary_email_address,primary_phone_number,verified_email_addresses,"
    "unverified_email_addresses,verified_phone_numbers,unverified_phone_numbers,totp_secret,password_digest,"
    "password_hasher"
).split(",")


def write_csv(  # noqa: PLR0913 - each peculiarity is one keyword
    path: Path,
    people: Iterable[Person],
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
            file.write("# users exported from the dashboard\n")
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\r\n" if crlf else "\n")
        writer.writeheader()
        for person in people:
            if person.csv is not None:
                lists = {name: cell.replace("|", separator) for name, cell in person.csv.items() if "addresses" in name}
                writer.writerow({**person.csv, **lists})
                rows += 1
    return rows
