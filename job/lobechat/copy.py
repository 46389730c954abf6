"""COPY of Python tuples into a table of the session, through csv: its writer is C, and None is SQL NULL."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.engine import Connection


def copy_rows(connection: Connection, table: str, rows: Iterable[Sequence[object]]) -> None:
    """COPY `rows` into `table`, all columns in order.  An empty string would arrive as NULL; the mapping gives none."""
    buffer = io.StringIO()
    # With "\n" the writer of Python 3.11 leaves a lone carriage return unquoted, and COPY takes it for a line end.
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    if buffer.tell() == 0:
        return
    buffer.seek(0)
    cursor: Any = connection.connection.cursor()
    with cursor:
        cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT csv)", buffer, size=1 << 16)
