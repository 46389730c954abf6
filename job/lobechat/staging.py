"""Fill the temporary tables with what Clerk has: read both files, map each user, COPY the rows.

The CSV goes into the session first.  The API's users stream past it in chunks, each of which fetches its CSV rows by
id; what then remains of the CSV are users that only it knows.  So memory holds one chunk, however many users there are.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.clerk.models import ClerkUser, CsvUser
from job.context import Context
from job.lobechat.copy import copy_rows
from job.mapping import map_user
from job.mapping.rows import Mapped, MappingOptions

T = TypeVar("T")

CHUNK = 2_000

_CSV = ", ".join(CsvUser._fields)
ONLY_CSV = sa.text(f"""
    SELECT {_CSV} FROM staged_csv c WHERE NOT EXISTS (SELECT FROM staged_users s WHERE s.id = c.id) ORDER BY line""")


def stage_csv(connection: Connection, rows: Iterable[CsvUser], context: Context) -> None:
    """COPY the dashboard's CSV into `staged_csv`."""
    for chunk in chunked(rows):
        context.stop.check()
        copy_rows(connection, "staged_csv", chunk)
    connection.execute(sa.text("ANALYZE staged_csv"))


def stage_users(connection: Connection, users: Iterable[ClerkUser], options: MappingOptions, context: Context) -> None:
    """Map every user of the API with its CSV row, then every user that only the CSV knows, and COPY the rows."""
    for chunk in chunked(users):
        context.stop.check()
        by_id = _csv_rows(connection, [user.id for user in chunk])
        stage_mapped(connection, [map_user(by_id.get(user.id), user, options) for user in chunk])
        context.progress.advance(len(chunk))
    connection.execute(sa.text("ANALYZE staged_users"))
    with connection.execute(ONLY_CSV, execution_options={"yield_per": CHUNK}) as result:
        for rows in result.partitions():
            stage_mapped(connection, [map_user(CsvUser._make(row), None, options) for row in rows])
    for table in ("staged_users", "staged_accounts", "staged_two_factor"):
        connection.execute(sa.text(f"ANALYZE {table}"))


def stage_mapped(connection: Connection, mapped: list[Mapped]) -> None:
    """COPY the rows of these users."""
    copy_rows(connection, "staged_users", (one.user for one in mapped))
    copy_rows(connection, "staged_accounts", (account for one in mapped for account in one.accounts))
    copy_rows(
        connection,
        "staged_two_factor",
        ((*one.two_factor[:4], " ".join(one.two_factor.codes)) for one in mapped if one.two_factor),
    )
    copy_rows(connection, "staged_findings", (finding for one in mapped for finding in one.findings))


def _csv_rows(connection: Connection, ids: list[str]) -> dict[str, CsvUser]:
    """The CSV's rows of these users; of an id that stands there twice, which is a conflict, the last."""
    cursor = connection.connection.cursor()
    cursor.execute(f"SELECT {_CSV} FROM staged_csv WHERE id = ANY(%s) ORDER BY line", (ids,))
    return {row[1]: CsvUser._make(row) for row in cursor.fetchall()}


def chunked(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Lists of at most `size` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
