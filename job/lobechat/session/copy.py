"""COPY of Python rows into a table of the session, in PostgreSQL's text format."""

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

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


def copy_rows(connection: "Connection", table: str, rows: Iterable[Sequence[object]]) -> None:
    """Format and COPY."""
    copy_formatted(connection, table, format_rows(rows))
