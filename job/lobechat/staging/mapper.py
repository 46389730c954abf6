"""The mapping in a process of its own, one chunk ahead: so mapping and database work at the same time.

What it cannot map, it answers with an empty frame, and what it no longer answers, the job maps by itself: an error is
told in one place, and a lost process costs time alone.
"""

import subprocess
import sys
from collections.abc import Generator, Iterable
from itertools import islice
from types import TracebackType
from typing import Self

import structlog

from job.lobechat.staging.chunks import Chunk, Rows, decode_rows, encode, map_chunk
from job.lobechat.staging.frames import read_frame, write_frame
from job.mapping.rows import MappingOptions

log = structlog.get_logger()

CHUNKS_AT_HOME = 1  # for less than these, starting a process does not pay


def map_chunks(chunks: Iterable[Chunk], options: MappingOptions) -> Generator[Rows]:
    """The rows of each chunk, in order.  While one is mapped, the next is made and the one before it handed on."""
    waiting = iter(chunks)
    for chunk in islice(waiting, CHUNKS_AT_HOME):
        yield map_chunk(chunk, options)
    ahead = next(waiting, None)
    if ahead is None:
        return
    with Mapper(options) as mapper:
        mapper.send(ahead)
        for chunk in waiting:
            rows = mapper.receive()
            mapper.send(chunk)
            yield rows
        yield mapper.receive()


class Mapper:
    """The process, and the chunk that it has in hand."""

    def __init__(self, options: MappingOptions) -> None:
        self._options = options
        self._chunk = Chunk([], [])
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "job.lobechat.staging.chunks"]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this Python, this module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            self._write(encode(self._options))
        except OSError as exc:
            self._give_up(exc)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._end()

    def send(self, chunk: Chunk) -> None:
        """Give it a chunk; the one before must have been received."""
        self._chunk = chunk
        try:
            self._write(encode(chunk))
        except OSError as exc:
            self._give_up(exc)

    def receive(self) -> Rows:
        """The rows of the chunk that was sent last.  Raises what map_chunk raises."""
        answer = b""
        if self._process and self._process.stdout:
            try:
                answer = read_frame(self._process.stdout) or b""
            except EOFError as exc:
                self._give_up(exc)
        return decode_rows(answer) if answer else map_chunk(self._chunk, self._options)

    def _write(self, data: bytes) -> None:
        if self._process and self._process.stdin:
            write_frame(self._process.stdin, data)

    def _give_up(self, error: Exception) -> None:
        log.warning("map.process_lost", error=type(error).__name__, meaning="mapping goes on in this one")
        self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()
