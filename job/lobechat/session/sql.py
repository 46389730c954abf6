"""The statements: each stands whole in a .sql file beside the module that runs it."""

from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

ROWS_AT_ONCE = 20_000  # of a stream, in one round trip
_NUMBER = count(1)


@cache
def read_sql(module: str, name: str) -> str:
    """The text of `<name>.sql` in the folder of a module, given as its `__file__`."""
    return (Path(module).parent / f"{name}.sql").read_text(encoding="utf-8").rstrip().removesuffix(";")


def run_sql(connection: Connection, *texts: str) -> Any:
    """Send statements, in order, in one round trip; returns the result of the last (a CursorResult)."""
    return connection.exec_driver_sql(";\n".join(texts), execution_options={"no_parameters": True})


def stream_rows(connection: Connection, text: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a SELECT, in few large pieces; inside a transaction, with which the cursor ends."""
    cursor = f"stream_{next(_NUMBER)}"
    fetch = f"FETCH {ROWS_AT_ONCE} FROM {cursor}"
    rows = run_sql(connection, f"DECLARE {cursor} NO SCROLL CURSOR FOR {text}", fetch).all()
    while rows:
        yield from map(tuple, rows)
        if len(rows) < ROWS_AT_ONCE:
            break
        rows = run_sql(connection, fetch).all()
