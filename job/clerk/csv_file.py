"""The dashboard's CSV: read as a stream, every fault named by line and column before anything is written.

What the files in the field hold: a comment line above the header, a byte-order mark, CRLF, line breaks inside quoted
names, columns that are missing or unknown, and a 14th column `created_at`.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from job.clerk.models import CsvUser
from job.errors import InputError

REQUIRED = ("id", "primary_email_address", "password_digest", "password_hasher")
FIELDS = CsvUser._fields[1:]
MAX_LISTED = 50
MAX_CELL = 1 << 20  # characters; the longest cell of a real export is a list of addresses
MAX_ID = 255
EXPORT_AGAIN = "export the users again in Clerk's dashboard (Configure, Settings, User exports)"


class _Faults:
    """Faults in the order found; only the first are kept, all are counted."""

    def __init__(self) -> None:
        self.listed: list[str] = []
        self.count = 0

    def add(self, line: int, column: str, fault: str) -> None:
        self.count += 1
        if len(self.listed) < MAX_LISTED:
            self.listed.append(f"line {line}, column {column}: {fault}" if column else f"line {line}: {fault}")


def check_csv(path: Path) -> int:
    """Read the whole file and return its number of rows.

    Raises InputError that names each bad row by line and column; never what stands there.
    """
    before = _state(path)
    faults = _Faults()
    rows = sum(1 for _ in _rows(path, faults))
    if _state(path) != before:
        raise InputError(f"{path.name} changed while it was read", mend="wait until it is complete, then run again")
    if faults.count:
        more = f", the first {MAX_LISTED} of which are named" if faults.count > MAX_LISTED else ""
        raise InputError(
            f"{path.name} has {faults.count} faults{more}", mend=EXPORT_AGAIN, details=tuple(faults.listed)
        )
    return rows


def read_csv(path: Path) -> Iterator[CsvUser]:
    """Stream the rows.  Raises InputError at the first fault, so that a file nobody checked cannot slip by."""
    faults = _Faults()
    for row in _rows(path, faults):
        if faults.count:
            break
        yield row
    if faults.count:
        raise InputError(f"{path.name} is damaged", mend=EXPORT_AGAIN, details=tuple(faults.listed))


def _rows(path: Path, faults: _Faults) -> Iterator[CsvUser]:
    """The good rows; the bad ones go to `faults`."""
    with _opened(path) as file:
        reader = csv.reader(_lines(file, faults), strict=True)
        line = 1
        try:
            header, line = _read_header(reader, path)
            places = [header.index(name) if name in header else None for name in FIELDS]
            for cells in reader:
                began, line = line, reader.line_num + 1
                if _is_good(cells, header, began, faults):
                    yield _make_row(began, cells, places)
        except csv.Error:
            faults.add(
                line, "", "a quote that is not closed, or something behind a closing quote; is the file cut off?"
            )
        except UnicodeDecodeError:
            faults.add(reader.line_num + 1, "", "bytes that are not UTF-8")


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    csv.field_size_limit(MAX_CELL)
    try:
        file = path.open(encoding="utf-8-sig", newline="")
    except OSError as exc:
        raise _unreadable(path, exc) from None
    with file:
        yield file


def _lines(file: TextIO, faults: _Faults) -> Iterator[str]:
    """The file's lines; a NUL, which PostgreSQL cannot hold, is a fault."""
    for number, text in enumerate(file, 1):
        if "\0" in text:
            faults.add(number, "", "a NUL character")
            yield text.replace("\0", "")  # read on, to find the other faults
        else:
            yield text


def _read_header(reader: Iterator[list[str]], path: Path) -> tuple[list[str], int]:
    """The column names, and the line on which the first row begins."""
    for cells in reader:
        if not cells or cells[0].lstrip().startswith("#"):
            continue
        header = [name.strip() for name in cells]
        missing = [name for name in REQUIRED if name not in header]
        twice = sorted({name for name in header if name in FIELDS and header.count(name) > 1})
        if missing or twice:
            details = (*(f"column {name} is missing" for name in missing), *(f"column {name} twice" for name in twice))
            raise InputError(
                f"{path.name} does not have the header of Clerk's export", mend=EXPORT_AGAIN, details=details
            )
        return header, reader.line_num + 1  # type: ignore[attr-defined]
    raise InputError(f"{path.name} is empty", mend=EXPORT_AGAIN)


def _is_good(cells: list[str], header: list[str], line: int, faults: _Faults) -> bool:
    if not cells:
        return False  # an empty line
    if len(cells) != len(header):
        faults.add(line, "", f"{len(cells)} cells where the header has {len(header)}")
        return False
    user_id = cells[header.index("id")].strip()
    if not user_id:
        faults.add(line, "id", "is empty")
    elif len(user_id) > MAX_ID or not user_id.isascii() or not user_id.isprintable() or " " in user_id:
        faults.add(line, "id", "is not a Clerk user id")
    else:
        return True
    return False


def _make_row(line: int, cells: list[str], places: list[int | None]) -> CsvUser:
    return CsvUser._make([line, *[(cells[at].strip() or None) if at is not None else None for at in places]])


def _state(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as exc:
        raise _unreadable(path, exc) from None
    return status.st_size, status.st_mtime_ns


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"the CSV cannot be read ({error.strerror}): {path.name}",
        mend="save the dashboard's export as <data>/<mode>/clerk_exported_users.csv, or set"
        " CLERK_TO_BETTERAUTH_CSV_URL, or CLERK_TO_BETTERAUTH_CSV=none",
    )
