"""Files that are there in whole or not at all, and folders; all of them for their owner only."""

import errno
import os
import sqlite3
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FORGOTTEN_SECONDS = 24 * 3600  # what a killed run left aside is removed when no other can still be writing it


def is_full(error: OSError | sqlite3.Error) -> bool:
    """Whether a write failed for want of room, which may come back."""
    if isinstance(error, OSError):
        return error.errno in FULL
    return getattr(error, "sqlite_errorcode", None) in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE}


def make_folder(folder: Path) -> None:
    """Make a folder with its parents, 0700; those that are there keep their rights.  Raises OSError."""
    for missing in reversed([part for part in (folder, *folder.parents) if not part.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def write_file(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a whole file, 0600.  `durable`: it survives a power failure, not only a kill.  Raises OSError."""
    with FileAside(path, durable=durable) as file:
        file.write(data)


class FileAside:
    """A file (0600) written beside its place: `commit` puts it there, `discard` takes it away.

    As a context manager it gives the open file, and does either as the block ends.  Raises OSError.
    """

    def __init__(self, path: Path, *, text: bool = False, durable: bool = True) -> None:
        self._place, self._durable = path, durable
        _remove_forgotten(path)
        number, aside = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        self._path = Path(aside)
        options: dict[str, Any] = {"mode": "w", "encoding": "utf-8", "newline": ""} if text else {"mode": "wb"}
        self.file: IO[Any] = os.fdopen(number, **options)

    def __enter__(self) -> IO[Any]:
        return self.file

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        try:
            if error is None:
                self.commit()
        finally:
            self.discard()

    def commit(self) -> None:
        """Put what was written in its place."""
        self.file.flush()
        if self._durable:
            os.fsync(self.file.fileno())
        self.file.close()
        self._path.replace(self._place)
        if self._durable:
            _sync_folder(self._place.parent)

    def discard(self) -> None:
        """Take the file away where it was not put in its place."""
        with suppress(OSError):  # what could not be written is not wanted
            self.file.close()
        self._path.unlink(missing_ok=True)


def _remove_forgotten(path: Path) -> None:
    for aside in path.parent.glob(f".{path.name}.*.part"):
        with suppress(OSError):
            if time.time() - aside.stat().st_mtime > FORGOTTEN_SECONDS:
                aside.unlink()


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # not every file system can
            os.fsync(number)
    finally:
        os.close(number)
