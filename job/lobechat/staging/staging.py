"""Fill the temporary tables with what Clerk has: read both files, map each user, COPY the rows.

The CSV becomes an index on this side, and the API's users stream past it in chunks; what then remains of the CSV are
users that only it knows.  While their rows of `staged_users` travel to the database, those of the other tables gather
in temporary files, to follow in one COPY each.  So memory holds a few chunks, and the round trips are the same,
however many users there are.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, TypeVar

import msgspec
import structlog
from sqlalchemy.engine import Connection

from job.clerk.files.csv_file import read_csv
from job.clerk.files.users_file import read_raw_users, read_users
from job.context import Context
from job.core.errors import InputError
from job.core.spool import open_spool, spooling
from job.lobechat.session.copy import copy_stream
from job.lobechat.session.copy_text import format_rows
from job.lobechat.session.sql import run_sql
from job.lobechat.staging.chunks import COLUMNS, Chunk, Rows
from job.lobechat.staging.csv_index import CsvIndex
from job.lobechat.staging.mapper import Mapper, count_processes
from job.mapping.rows import MappingOptions

log = structlog.get_logger()

T = TypeVar("T")

CHUNK_SIZE = 500  # users
PIECE = 1 << 18
SMALL_FILE = 2 << 20  # of the users: mapping them takes less time than starting a process
MANY = 0.05  # more than signed up while the two exports were made
ANALYZE = f"ANALYZE {', '.join(f'pg_temp.{table}' for table in COLUMNS)}"


class Staging:
    """The two files of one run, and how many users were found in them."""

    def __init__(self, context: Context, chunk_size: int = CHUNK_SIZE, processes: int | None = None) -> None:
        self.csv_rows = 0
        self.users = 0  # that the API knows
        self.missing = 0  # of these, users without a row of the CSV
        self._context = context
        self._settings = context.settings
        self._chunk_size = chunk_size
        self._processes = processes

    def stage(self, connection: Connection, options: MappingOptions) -> None:
        """Map every user of the API with its CSV row, then every user that only the CSV knows, and COPY the rows.

        Raises InputError for faulty files, and where temporary files cannot be written to the data folder.
        """
        processes = self._count_processes() if self._processes is None else self._processes
        folder = self._settings.folder
        with spooling(), Mapper(options, processes) as mapper, CsvIndex(folder) as index:
            if self._settings.csv_required:
                self.csv_rows = index.fill(self._until_stopped(read_csv(self._settings.csv_file)))
            with self._telling_where():
                _copy_all(connection, folder, mapper.map(self._chunks(index)))
            copy_stream(connection, "staged_twice", ("id",), map(format_rows, chunked(index.twice(), self._chunk_size)))
        run_sql(connection, ANALYZE)
        if self._settings.csv_required:
            self._refuse_csv_of_others()

    def _chunks(self, index: CsvIndex) -> Iterator[Chunk]:
        for users in chunked(read_raw_users(self._settings.json_file), self._chunk_size):
            self._context.stop.check()
            rows = index.take([user.id for user in users])
            self.users += len(users)
            self.missing += sum(user.id not in rows for user in users)
            yield Chunk([user.data for user in users], list(rows.values()))
            self._context.progress.advance(len(users))
        for rest in index.take_rest(self._chunk_size):
            self._context.stop.check()
            yield Chunk([], rest)

    def _until_stopped(self, rows: Iterable[T]) -> Iterator[T]:
        for some in chunked(rows, self._chunk_size):
            self._context.stop.check()
            yield from some

    def _count_processes(self) -> int:
        path = self._settings.json_file
        return count_processes() if path.exists() and path.stat().st_size > SMALL_FILE else 0

    @contextmanager
    def _telling_where(self) -> Iterator[None]:
        """Of a user who cannot be decoded, reading the file anew tells the place, as the stage check does."""
        try:
            yield
        except (msgspec.MsgspecError, UnicodeDecodeError):
            for _ in self._until_stopped(read_users(self._settings.json_file)):
                pass
            raise

    def _refuse_csv_of_others(self) -> None:
        """Raise InputError where not one of Clerk's users is in the CSV; warn where many are missing: it may be cut."""
        if self.users and self.missing == self.users:
            raise InputError(
                f"the CSV contains none of Clerk's {self.users} users",
                hint="export it again from the dashboard of the same Clerk instance;"
                " or set CLERK_TO_BETTERAUTH_CSV=none",
            )
        if self.missing > self.users * MANY:
            hint = (
                "compare the CSV's size with Clerk's user count; a user without a row loses password and second factor"
            )
            log.warning("migrate.csv_incomplete", users=self.users, missing=self.missing, hint=hint)


def _copy_all(connection: Connection, folder: Path, mapped: Iterator[Rows]) -> None:
    """COPY each table in one stream: the users as they come, the others from where they gathered meanwhile."""
    first, *others = COLUMNS
    with ExitStack() as stack:
        spools = [stack.enter_context(open_spool(folder)) for _ in others]
        copy_stream(connection, first, COLUMNS[first], _set_aside(mapped, spools))
        for table, spool in zip(others, spools, strict=True):
            spool.seek(0)
            copy_stream(connection, table, COLUMNS[table], iter(partial(spool.read, PIECE), b""))


def _set_aside(mapped: Iterator[Rows], spools: list[IO[bytes]]) -> Iterator[bytes]:
    """The first table's rows; those of the others go into their files."""
    for first, *others in mapped:
        for spool, rows in zip(spools, others, strict=True):
            spool.write(rows)
        yield first


def chunked(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
