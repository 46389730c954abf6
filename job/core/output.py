"""Standard output that can be closed, ASCII, full or read by nobody without stopping the run.

A pipe that is full holds a writer back, as it should, for as long as the run goes on.  Once the run is told to stop it
may hold it back no longer: what then finds no room is dropped.
"""

import io
import os
import select
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STDIN, STDOUT, STDERR = range(3)
LOOK_SECONDS = 0.1  # how often a writer that is held back looks whether the run is to stop
HURRY_SECONDS = 2.0  # for a reader that is slow, but there


class _Output(io.RawIOBase):
    """Descriptor 1.  Its writes end, if need be by dropping what was to be written, and never raise."""

    def __init__(self) -> None:
        self._deadline: float | None = None
        self._lost = False

    def hurry(self) -> None:
        """The run is to stop."""
        self._deadline = time.monotonic() + HURRY_SECONDS

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return STDOUT

    def isatty(self) -> bool:
        return os.isatty(STDOUT)

    def write(self, data: "ReadableBuffer", /) -> int:
        left = memoryview(data).cast("B")
        size = len(left)
        while left and not self._lost:
            try:
                if self._has_room():
                    left = left[os.write(STDOUT, left[: select.PIPE_BUF]) :]  # as much as room is promised for
            except BlockingIOError:
                continue
            except OSError:  # whoever read has gone, or its disk is full; the work goes on, the report tells of it
                self._lost = True
        return size

    def _has_room(self) -> bool:
        """Wait for room; after the deadline, for none to come, all that follows is dropped."""
        poll = select.poll()
        poll.register(STDOUT, select.POLLOUT)
        if poll.poll(LOOK_SECONDS * 1000):
            return True
        if self._deadline is not None and time.monotonic() > self._deadline:
            self._lost = True
        return False


_output = _Output()


def open_standard_streams() -> None:
    """Make stdout one that never stops the run, in UTF-8, and open what is closed, lest a file take its number."""
    for number in (STDIN, STDOUT, STDERR):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    buffer = io.BufferedWriter(_output)
    sys.stdout = io.TextIOWrapper(buffer, encoding="utf-8", errors="backslashreplace", line_buffering=True)
    if sys.stderr is None:
        sys.stderr = io.TextIOWrapper(io.FileIO(STDERR, "w"), line_buffering=True)


def hurry_output() -> None:
    """From now on a reader of stdout that takes nothing holds the run back for two seconds at most, all in all."""
    _output.hurry()
