"""Rows in PostgreSQL's text format for COPY.  It imports nothing: the processes that map stay small."""

from collections.abc import Iterable, Sequence

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
