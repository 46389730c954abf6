"""Temporary files for what is too large for memory.

Nobody else can read them (0600), and they have no name once they are open: they go with the process, however it ends.
They lie in the folder that is named, made if missing, and not in /tmp, which containers often keep in memory.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from job.core.errors import InputError
from job.core.files import make_folder

SET_UP = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -8192;  -- KiB"""


def open_spool(folder: Path) -> IO[bytes]:
    """A file.  Raises OSError."""
    make_folder(folder)
    return tempfile.TemporaryFile(dir=folder)


def open_database(folder: Path) -> sqlite3.Connection:
    """A database of SQLite's, in autocommit mode.  Raises OSError and sqlite3.Error."""
    make_folder(folder)
    number, name = tempfile.mkstemp(prefix=".spool.", suffix=".part", dir=folder)
    os.close(number)
    try:
        database = sqlite3.connect(name, isolation_level=None)
        database.executescript(SET_UP)
    finally:
        Path(name).unlink()
    return database


@contextmanager
def spooling() -> Iterator[None]:
    """Around work with temporary files: raises InputError where they cannot be made or written."""
    try:
        yield
    except (OSError, sqlite3.Error) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else exc
        raise InputError(
            f"temporary files cannot be written to the data folder ({reason})",
            hint="make sure that the job may write to the data folder and that its disk has free space",
        ) from None
