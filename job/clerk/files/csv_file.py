"""The dashboard's CSV, streamed row by row and checked on the way: all of it, before anything is written.

What the files in the field hold: a comment line above the header, a byte-order mark, CRLF, line breaks inside quoted
names, columns that are missing or unknown, and a 14th column `created_at`.
"""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

import structlog

from job.clerk.files.stable_file import open_unchanged
from job.clerk.identifiers import is_id
from job.clerk.models import CsvUser
from job.core.errors import InputError

log = structlog.get_logger()

COLUMNS = CsvUser._fields[1:]
REQUIRED = ("id", "password_digest", "password_hasher")  # without passwords there is no need of the file
LISTED = 50  # faults named one by one
HINT = "export the users again in Clerk's dashboard (Configure, Settings, User exports) and copy the file as it is"


def read_csv(path: Path) -> Iterator[CsvUser]:
    """Each row, by column name, cells trimmed and empty ones None.

    At the end InputError names every line that is not as it should be, and its column.
    """
    count = total = 0
    faults = []
    with _open(path) as table:
        table.warn_of_missing()
        pick, make = table.picker(), CsvUser._make
        for line, row in table.rows():
            count += 1
            if fault := table.find_fault(line, row):
                total += 1
                faults += [fault] if total <= LISTED else []
                continue
            cells: list[Any] = [cell.strip() or None for cell in row]
            cells += (line, None)
            yield make(pick(cells))
    if total:
        more = (f"and {total - LISTED} more lines",) if total > LISTED else ()
        raise InputError(f"{path.name}: {total} of {count} rows are bad", hint=HINT, details=(*faults, *more))


class _Table:
    """An open file behind its header."""

    def __init__(self, path: Path, file: IO[str]) -> None:
        self.path = path
        self._skipped, first = _skip_comments(file)
        self.reader = csv.reader(chain([first], file), strict=True)

    def read_header(self) -> None:
        """Take the header line.  Raises InputError where it is not that of Clerk's export."""
        self.header = [name.strip() for name in next(self.reader, [])]
        problem = _find_header_fault(self.header)
        if problem:
            raise InputError(f"{self.path.name}: line {self.line}: the header {problem}", hint=HINT)
        self.id_at = self.header.index("id")

    @property
    def line(self) -> int:
        """The line read last."""
        return self.reader.line_num + self._skipped

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows, each with the line where it begins; empty lines are passed over."""
        reader, start = self.reader, self.line + 1
        for row in reader:
            if row:
                yield start, row
            start = reader.line_num + self._skipped + 1

    def picker(self) -> Callable[[list[Any]], Any]:
        """Pick CsvUser's fields from a row's cells behind which its line and None are put."""
        places = {name: at for at, name in enumerate(self.header)}
        width = len(self.header)
        return itemgetter(width, *(places.get(name, width + 1) for name in COLUMNS))

    def find_fault(self, line: int, row: list[str]) -> str:
        """What is wrong with this row, or nothing."""
        if len(row) != len(self.header):
            return _wrong_width(line, row, len(self.header))
        user_id = row[self.id_at].strip()
        if not is_id(user_id):
            return f"line {line}, column id: {'not a Clerk id' if user_id else 'no id'}"
        if "\0" in "".join(row):
            at = next(at for at, cell in enumerate(row) if "\0" in cell)
            return f"line {line}, column {_column(self.header[at], at)}: holds a NUL character"
        return ""

    def warn_of_missing(self) -> None:
        """Log the columns that the file does not have, of those that the job reads and can do without."""
        missing = [name for name in COLUMNS if name not in self.header and name != "created_at"]
        if missing:
            hint = (
                "without totp_secret no second factor is migrated; the others describe users whom the API does not know"
            )
            log.warning("csv.columns_missing", columns=missing, hint=hint)


@contextmanager
def _open(path: Path) -> Iterator[_Table]:
    """The file's table; whatever Python's csv or UTF-8 refuse becomes an InputError with the line."""
    line = 1
    with open_unchanged(path, encoding="utf-8-sig", newline="") as file:
        try:
            table = _Table(path, file)
            try:
                table.read_header()
                yield table
            finally:
                line = max(1, table.line)
        except UnicodeDecodeError:
            raise InputError(f"{path.name}: line {_line_that_is_not_utf_8(path)}: not UTF-8", hint=HINT) from None
        except csv.Error as exc:
            raise InputError(f"{path.name}: line {line}: {_meaning(exc)}", hint=HINT) from None


def _skip_comments(file: IO[str]) -> tuple[int, str]:
    """The number of comment and empty lines above the header, and the header's first line."""
    skipped = 0
    while line := file.readline():
        if line.strip() and not line.startswith("#"):
            break
        skipped += 1
    return skipped, line


def _find_header_fault(header: list[str]) -> str:
    """What is wrong with the header, in words that end its sentence, or nothing."""
    twice = [name for name in COLUMNS if header.count(name) > 1]
    if twice:
        return f"has a column twice: {', '.join(twice)}"
    missing = [name for name in REQUIRED if name not in header]
    if not missing:
        return ""
    other = any(sign in name for name in header for sign in ";\t")
    hint = " (cells must be separated by commas, not by semicolons or tabs)" if other else ""
    return f"lacks a column that the job needs: {', '.join(missing)}{hint}"


def _line_that_is_not_utf_8(path: Path) -> int:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 1


def _meaning(error: csv.Error) -> str:
    text = str(error)  # Python's own words, never a cell
    if "unexpected end" in text:
        return "the file ends inside a quoted cell"
    if "field larger" in text:
        return "a cell is larger than 128 KiB: an earlier quotation mark may lack its partner"
    return "a quotation mark stands where none is allowed"


def _wrong_width(line: int, row: list[str], width: int) -> str:
    return f"line {line}: {len(row)} cells where the header has {width} columns"


def _column(name: str, at: int) -> str:
    return name if name in COLUMNS else f"number {at + 1}"
