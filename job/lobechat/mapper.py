"""The mapping in a process of its own, one chunk ahead: so mapping and database work at the same time.

`python -m job.lobechat.mapper` is that process.  It reads frames (a length of eight bytes, then MessagePack) on stdin,
the options first, and answers each chunk on stdout.  What it cannot do, it answers with an empty frame, and what it no
longer answers, the job maps by itself: an error is told in one place, and a lost process costs time alone.
"""

import gc
import signal
import subprocess
import sys
from collections.abc import Generator, Iterable
from itertools import islice
from types import TracebackType
from typing import IO, Self

import msgspec
import structlog

from job.lobechat.chunks import Chunk, map_chunk
from job.mapping.rows import MappingOptions

log = structlog.get_logger()

CHUNKS_AT_HOME = 1  # for less than these, starting a process does not pay

_encode = msgspec.msgpack.encode
_decode_rows = msgspec.msgpack.Decoder(dict[str, bytes]).decode


def map_chunks(chunks: Iterable[Chunk], options: MappingOptions) -> Generator[dict[str, bytes]]:
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
        command = [sys.executable, "-m", "job.lobechat.mapper"]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this Python, this module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            self._write(_encode(self._options))
        except OSError as exc:
            self._give_up(exc)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._end()

    def send(self, chunk: Chunk) -> None:
        """Give it a chunk; the one before must have been received."""
        self._chunk = chunk
        try:
            self._write(_encode(chunk))
        except OSError as exc:
            self._give_up(exc)

    def receive(self) -> dict[str, bytes]:
        """The rows of the chunk that was sent last.  Raises what map_chunk raises."""
        answer = b""
        if self._process and self._process.stdout:
            try:
                answer = read_frame(self._process.stdout) or b""
            except EOFError as exc:
                self._give_up(exc)
        return _decode_rows(answer) if answer else map_chunk(self._chunk, self._options)

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


def write_frame(file: IO[bytes], data: bytes) -> None:
    """Write one frame."""
    file.write(len(data).to_bytes(8))
    file.write(data)
    file.flush()


def read_frame(file: IO[bytes]) -> bytes | None:
    """Read one frame; None at the end.  Raises EOFError where it is cut off."""
    length = file.read(8)
    data = file.read(int.from_bytes(length))
    if len(data) < int.from_bytes(length) or 0 < len(length) < 8:  # noqa: PLR2004 - the length's own
        raise EOFError
    return data if length else None


def main() -> None:
    """Map what comes on stdin, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to both; the job decides
    gc.disable()  # what a chunk needs goes when the next one comes
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    options = msgspec.msgpack.decode(read_frame(source) or b"", type=MappingOptions)
    decode = msgspec.msgpack.Decoder(Chunk).decode
    while frame := read_frame(source):
        try:
            answer = _encode(map_chunk(decode(frame), options))
        except Exception:  # noqa: BLE001 - the job maps this chunk itself, and meets the same error where it is told
            answer = b""
        write_frame(sink, answer)


if __name__ == "__main__":
    main()
