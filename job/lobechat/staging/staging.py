"""Fill the temporary tables with what Clerk has: read both files, map each user, COPY the rows.

The CSV goes into the session first, each row as MessagePack.  The API's users stream past it in chunks, each of which
fetches its CSV rows by id; what then remains of the CSV are users that only it knows.  So memory holds three chunks,
however many users there are.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from job.clerk.models import ClerkUser, CsvUser
from job.context import Context
from job.core.errors import InputError
from job.lobechat.session.copy import copy_formatted, copy_rows
from job.lobechat.session.sql import stream_rows
from job.lobechat.staging.chunks import Chunk, Rows, encode, map_chunk
from job.lobechat.staging.mapper import map_chunks
from job.mapping.rows import MappingOptions

log = structlog.get_logger()

T = TypeVar("T")

CHUNK = 1_000
CSV_ROWS = "SELECT row FROM staged_csv WHERE id = ANY(%s) ORDER BY line"
MISSING_IN_CSV = "SELECT count(*), count(*) FILTER (WHERE NOT in_csv) FROM staged_users WHERE in_api"
MANY = 0.05  # more than signed up while the two exports were made
ONLY_CSV = """
    SELECT row FROM staged_csv c WHERE NOT EXISTS (SELECT FROM staged_users s WHERE s.id = c.id) ORDER BY line"""


def stage_csv(connection: Connection, rows: Iterable[CsvUser], context: Context) -> int:
    """COPY the dashboard's CSV into `staged_csv`; returns the number of rows."""
    count = 0
    for chunk in chunked(rows):
        context.stop.check()
        copy_rows(connection, "staged_csv", ((row.line, row.id, rf"\x{encode(row).hex()}") for row in chunk))
        count += len(chunk)
    connection.execute(sa.text("ANALYZE staged_csv"))
    return count


def stage_users(connection: Connection, users: Iterable[ClerkUser], options: MappingOptions, context: Context) -> None:
    """Map every user of the API with its CSV row, then every user that only the CSV knows, and COPY the rows."""
    with closing(map_chunks(_chunks(connection, users, context), options)) as mapped:
        for rows in mapped:
            _stage(connection, rows)
    connection.execute(sa.text("ANALYZE staged_users"))
    for found in chunked(stream_rows(connection, ONLY_CSV)):
        _stage(connection, map_chunk(Chunk([], [bytes(row) for (row,) in found]), options))
    for table in ("staged_users", "staged_accounts", "staged_two_factor"):
        connection.execute(sa.text(f"ANALYZE {table}"))


def refuse_csv_of_others(connection: Connection) -> None:
    """Raise InputError where not one of Clerk's users is in the CSV; warn where many are missing: it may be cut off."""
    users, missing = connection.execute(sa.text(MISSING_IN_CSV)).one()
    if users and missing == users:
        raise InputError(
            f"the CSV holds none of Clerk's {users} users",
            hint="export it again from the dashboard of the same Clerk instance; or set CLERK_TO_BETTERAUTH_CSV=none",
        )
    if missing > users * MANY:
        hint = "compare the CSV's size with Clerk's user count; a user without a row loses password and second factor"
        log.warning("migrate.csv_incomplete", users=users, missing=missing, hint=hint)


def _chunks(connection: Connection, users: Iterable[ClerkUser], context: Context) -> Iterator[Chunk]:
    """The users, each chunk with its rows of the CSV."""
    cursor = connection.connection.cursor()
    for chunk in chunked(users):
        context.stop.check()
        cursor.execute(CSV_ROWS, ([user.id for user in chunk],))
        yield Chunk(chunk, [bytes(row) for (row,) in cursor.fetchall()])
        context.progress.advance(len(chunk))


def _stage(connection: Connection, rows: Rows) -> None:
    for table, data in rows.items():
        copy_formatted(connection, table, data)


def chunked(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Lists of at most `size` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
