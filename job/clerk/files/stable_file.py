"""A file must stay as it is while the job reads it: one that is still being copied is told apart from a whole one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from job.core.errors import InputError


@contextmanager
def open_unchanged(path: Path, **options: Any) -> Iterator[IO[Any]]:
    """Open `path` for reading; raise InputError if it cannot be opened, is empty, or has changed by the end."""
    try:
        file = path.open(**options)
    except OSError as exc:
        raise InputError(
            f"{path.name} cannot be opened: {exc.strerror}",
            hint=f"put the file at {path}, and let the job's user read it",
        ) from None
    with file:
        before = _mark(os.fstat(file.fileno()))
        if not before[0]:
            raise InputError(f"{path.name} is empty", hint="export it again, and copy the whole file")
        try:
            yield file
        except OSError as exc:
            raise InputError(
                f"{path.name} cannot be read: {exc.strerror}", hint="check the disk, then export it again"
            ) from None
        if _mark(os.fstat(file.fileno())) != before:
            raise InputError(
                f"{path.name} changed while it was read", hint="wait until the copy is complete, then run again"
            )


def _mark(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns
