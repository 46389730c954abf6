"""COPY of Python rows into a table of the session, in PostgreSQL's text format."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg2

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_ESCAPES = (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r"))  # the backslash first


def format_rows(rows: Iterable[Sequence[object]]) -> bytes:
    """The rows as COPY reads them.  None is NULL, and so would an empty string be; the mapping gives none."""
    lines = []
    for row in rows:
        cells = ["" if cell is None else cell if cell.__class__ is str else str(cell) for cell in row]
        text = "".join(cells)
        for sign, escape in _ESCAPES:
            if sign in text:
                cells = [cell.replace(sign, escape) for cell in cells]
        lines.append("\t".join(cells))
    lines.append("")
    return "\n".join(lines).encode()


def copy_formatted(connection: "Connection", table: str, data: bytes) -> None:
    """COPY what `format_rows` made into `table`, all columns in order."""
    if data:
        cursor: Any = connection.connection.cursor()
        with cursor:
            cursor.copy_expert(f"COPY {table} FROM STDIN (NULL '')", io.BytesIO(data), size=1 << 16)


def copy_stream(connection: "Connection", table: str, columns: Sequence[str], pieces: Iterable[bytes]) -> None:
    """COPY all of these pieces, each some rows as `format_rows` makes them, into a table of the session, in one go.

    What making them raises is raised here, and PostgreSQL hears no more of it than that there is none to come.
    """
    source = _Source(iter(pieces))
    with closing(connection.connection.cursor()) as cursor:
        try:
            cursor.copy_expert(f"COPY pg_temp.{table} ({', '.join(columns)}) FROM STDIN (NULL '')", source)
        except psycopg2.Error:
            if source.error is not None:
                raise source.error from None
            raise


class _Source:
    """A file for psycopg2 to read; it keeps an error to itself, since psycopg2 would send its text to the server."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.error: BaseException | None = None

    def read(self, _size: int) -> bytes:
        """The next piece, of any size; empty at the end."""
        try:
            return next(filter(None, self._pieces), b"")
        except BaseException as exc:  # noqa: BLE001 - raised by copy_stream
            self.error = exc
            raise InterruptedError from None


def copy_rows(connection: "Connection", table: str, rows: Iterable[Sequence[object]]) -> None:
    """Format and COPY."""
    copy_formatted(connection, table, format_rows(rows))
