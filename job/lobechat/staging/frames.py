"""Frames on a pipe: a length of eight bytes, then as many."""

from typing import IO


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
