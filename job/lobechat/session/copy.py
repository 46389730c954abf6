"""COPY into a table of the session, as one stream."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain

import psycopg2
from sqlalchemy.engine import Connection


def copy_stream(connection: Connection, table: str, columns: Sequence[str], pieces: Iterable[bytes]) -> None:
    """COPY all of these pieces, each some rows as `format_rows` makes them, into a table of the session, in one go.

    What making them raises is raised here, and PostgreSQL hears no more of it than that there is none to come.
    Without a row it is not asked at all.
    """
    rows = filter(None, pieces)
    first = next(rows, None)
    if first is None:
        return
    source = _Source(chain([first], rows))
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
            return next(self._pieces, b"")
        except BaseException as exc:  # noqa: BLE001 - raised by copy_stream
            self.error = exc
            raise InterruptedError from None
