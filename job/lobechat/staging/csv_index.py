"""Clerk's CSV by the users' ids, in a temporary file: memory stays flat, and nothing of it travels to the database."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from job.clerk.models import CsvUser
from job.core.spool import open_database
from job.lobechat.staging.chunks import encode_csv_user

SET_UP = """
    CREATE TABLE csv (number INTEGER PRIMARY KEY, id TEXT, row BLOB);
    CREATE INDEX csv_by_id ON csv (id);
    BEGIN;"""
ADD = "INSERT INTO csv (id, row) VALUES (?, ?)"
TWICE = "SELECT id FROM csv GROUP BY id HAVING count(*) > 1"


class CsvIndex:
    """Rows of the CSV, each a CsvUser as MessagePack, numbered from 1 in the file's order; use as a context manager.

    `folder` takes the temporary file.  Raises OSError and sqlite3.Error where that cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._database = open_database(folder)
        self._database.executescript(SET_UP)
        self._taken = bytearray()  # by a row's number, whether its user was asked for

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._database.close()

    def fill(self, rows: Iterable[CsvUser]) -> int:
        """Take in all rows; returns their number."""
        count = self._database.executemany(ADD, ((row.id, encode_csv_user(row)) for row in rows)).rowcount
        self._taken = bytearray(count + 1)
        self._taken[0] = True  # no row has this number
        return count

    def take(self, ids: list[str]) -> dict[str, bytes]:
        """The row of each of these users whom the CSV knows; of several, the last."""
        found = {}
        for number, user_id, row in self._select("id", ids):
            self._taken[number] = True
            found[user_id] = row
        return found

    def take_rest(self, size: int) -> Iterator[list[bytes]]:
        """The rows of the users who were never asked for, at most `size` at once."""
        numbers = (number for number, taken in enumerate(self._taken) if not taken)
        while some := list(islice(numbers, size)):
            yield [row for _, _, row in self._select("number", some)]

    def twice(self) -> Iterator[tuple[str]]:
        """The ids that stand there more than once."""
        return self._database.execute(TWICE)

    def _select(self, column: str, values: list[str] | list[int]) -> Iterator[tuple[int, str, bytes]]:
        places = ",".join("?" * len(values))
        return self._database.execute(
            f"SELECT number, id, row FROM csv WHERE {column} IN ({places}) ORDER BY number", values
        )
