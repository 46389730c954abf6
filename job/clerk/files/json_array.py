"""A JSON array of objects, decoded one by one with flat memory, whatever its layout."""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import IO, Generic, TypeVar

import msgspec

T = TypeVar("T")

CHUNK = 1 << 20
MAX_OBJECT = 16 << 20  # no user of Clerk's comes near it
LONG_LINE = 1 << 16

# A string (its last quotation mark missing where the buffer ends inside it), or a bracket.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*("?)|[{}\[\]]', re.DOTALL)
_BLANKS = re.compile(rb"[ \t\r\n]*")


class ArrayError(Exception):
    """Not an array of such objects: what stands there, and at which byte."""

    def __init__(self, meaning: str, position: int) -> None:
        super().__init__(meaning)
        self.meaning = meaning
        self.position = position


class JsonArray(Generic[T]):
    """Iterate to get the objects; afterwards `count` and `sha256` speak of the whole file."""

    def __init__(self, file: IO[bytes], decode: Callable[[bytes], T]) -> None:
        self.count = 0
        self._file = file
        self._decode = decode
        self._digest = hashlib.sha256()
        self._buffer = b""
        self._offset = 0  # of the buffer in the file
        self._at = 0  # in the buffer
        self._by_line = True

    @property
    def sha256(self) -> str:
        """The digest of what was read, in hex."""
        return self._digest.hexdigest()

    @property
    def position(self) -> int:
        """The byte where the next thing stands."""
        return self._offset + self._at

    def __iter__(self) -> Iterator[T]:
        if self._read_more() and self._buffer.startswith(b"\xef\xbb\xbf"):
            self._at = 3
        self._expect(b"[")
        ended = self._next() == b"]"
        while not ended:
            yield from self._whole_lines()
            if self._next() != b"{":
                raise self._error("an object should begin here")
            value = self._line() if self._by_line else None
            yield self._object() if value is None else value
            self.count += 1
            ended = self._next() == b"]"
            if not ended:
                self._expect(b",")
        self._expect(b"]")
        if self._next():
            raise self._error("the array has ended, yet something follows")

    def _whole_lines(self) -> Iterator[T]:
        """The objects from here on that fill a line each, but for its comma: all but a few of what the export wrote."""
        buffer = self._buffer
        while (end := buffer.find(b"},\n{", self._at)) >= 0:
            try:
                value = self._decode(buffer[self._at : end + 1])
            except (msgspec.DecodeError, UnicodeDecodeError):
                return
            self._at = end + 3
            self.count += 1
            yield value

    def _line(self) -> T | None:
        """The object that fills the rest of this line, as the export writes it; None where it is not so."""
        end = self._buffer.find(b"\n", self._at)
        if end < 0:
            self._by_line = len(self._buffer) - self._at < LONG_LINE
            return None
        line = self._buffer[self._at : end].removesuffix(b"\r").removesuffix(b",")
        if not line.endswith(b"}"):
            return None
        try:
            value = self._decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        self._at += len(line)
        return value

    def _object(self) -> T:
        data = self._cut_object()
        try:
            value = self._decode(data)
        except UnicodeDecodeError:
            raise self._error(f"user {self.count + 1}: not UTF-8") from None
        except msgspec.DecodeError as exc:
            raise self._error(f"user {self.count + 1}: {exc}") from None
        self._at += len(data)
        return value

    def _cut_object(self) -> bytes:
        """The bytes from this bracket to its partner."""
        while True:
            depth = 0
            for token in _TOKEN.finditer(self._buffer, self._at):
                kind = token[0][:1]
                if kind == b'"':
                    if not token[1]:
                        break
                elif kind in b"{[":
                    depth += 1
                else:
                    depth -= 1
                    if not depth:
                        return self._buffer[self._at : token.end()]
            if len(self._buffer) - self._at > MAX_OBJECT:
                raise self._error(f"user {self.count + 1} does not end within 16 MiB")
            if not self._read_more():
                raise self._error(f"the file ends inside user {self.count + 1}: it is cut off")

    def _next(self) -> bytes:
        """The next byte that is not blank; empty at the file's end."""
        while True:
            self._at = _BLANKS.match(self._buffer, self._at).end()  # type: ignore[union-attr] # matches everywhere
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._read_more():
                return b""

    def _expect(self, wanted: bytes) -> None:
        found = self._next()
        if not found:
            raise self._error(f"the file ends where {wanted.decode()} should stand: it is cut off")
        if found != wanted:
            raise self._error(f"{wanted.decode()} should stand here")
        self._at += 1

    def _read_more(self) -> bool:
        data = self._file.read(CHUNK)
        self._digest.update(data)
        self._buffer, self._offset, self._at = self._buffer[self._at :] + data, self.position, 0
        return bool(data)

    def _error(self, meaning: str) -> ArrayError:
        return ArrayError(meaning, self.position)
