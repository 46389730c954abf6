"""clerk_users.json: the users as the export or the guide's own script wrote them, one by one in flat memory.

The export writes a user a line, and a manifest beside the file; a file without one is any JSON array of users.
"""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

import ijson
import msgspec

from job.clerk.files.guide_user import convert_guide_user, is_guide_user
from job.clerk.files.manifest import Manifest, manifest_path, read_manifest
from job.clerk.files.stable_file import open_unchanged
from job.clerk.identifiers import is_id
from job.clerk.models import ClerkUser
from job.core.errors import InputError

HINT = "run the stage export again"
LAST_MOMENT = 253_402_300_800_000  # the year 10000
OPENING, CLOSING = b"[\n", b"]\n"  # the lines around the users that the export writes
CHUNK = 1 << 16
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

T = TypeVar("T")


class _Id(msgspec.Struct, gc=False):
    id: str


class RawUser(NamedTuple):
    """A user's id, and all of the user as JSON for `decode_user`."""

    id: str
    data: bytes


_decode_id = msgspec.json.Decoder(_Id).decode
_decode_clerk_user = msgspec.json.Decoder(ClerkUser).decode


def read_users(path: Path) -> Iterator[ClerkUser]:
    """Each user.  InputError where the file is not whole, is not what the manifest says, or has another shape."""
    manifest = read_manifest(path)
    with open_unchanged(path, mode="rb") as file:
        yield from _read_export(path, file, manifest, decode_user) if manifest else _read_array(path, file)


def read_raw_users(path: Path) -> Iterator[RawUser]:
    """The same, but of the export's users only the id is looked at: the rest is left to whoever decodes them."""
    manifest = read_manifest(path)
    with open_unchanged(path, mode="rb") as file:
        if manifest:
            yield from _read_export(path, file, manifest, lambda data: RawUser(_decode_id(data).id, data))
        else:
            yield from (RawUser(user.id, msgspec.json.encode(user)) for user in _read_array(path, file))


def decode_user(data: bytes) -> ClerkUser:
    """The user in this JSON object.  Raises msgspec.DecodeError, whose text names a path but no value."""
    return _check(_decode_clerk_user(data))


def exported_at_ms(path: Path) -> int:
    """When Clerk told of these users, in milliseconds since 1970: the manifest's time, or the file's."""
    manifest = read_manifest(path)
    if manifest:
        return manifest.exported_at
    try:
        return path.stat().st_mtime_ns // 1_000_000
    except OSError as exc:
        raise InputError(f"{path.name} cannot be read: {exc.strerror}", hint=HINT) from None


def _read_export(path: Path, file: IO[bytes], manifest: Manifest, decode: Callable[[bytes], T]) -> Iterator[T]:
    """A loop over lines; the manifest's digest holds the file to what was written."""
    count, digest, closed = 0, hashlib.sha256(OPENING), False
    if file.read(len(OPENING)) != OPENING:
        raise _not_the_export(path, 0, manifest)
    while lines := file.readlines(CHUNK):
        for line in lines:
            digest.update(line)
            if line == CLOSING:
                closed = True
                continue
            try:
                user = decode(line.rstrip(b",\n"))
            except (msgspec.DecodeError, UnicodeDecodeError):
                raise _not_the_export(path, count, manifest) from None
            count += 1
            yield user
    if not closed or (count, digest.hexdigest()) != (manifest.count, manifest.sha256):
        raise _not_the_export(path, count, manifest)


def _not_the_export(path: Path, count: int, manifest: Manifest) -> InputError:
    return InputError(
        f"{path.name} is not what the export wrote: {count} good users of {manifest.count}",
        hint=f"{HINT}; or, if you put another file there on purpose, delete {manifest_path(path).name}",
    )


def _read_array(path: Path, file: IO[bytes]) -> Iterator[ClerkUser]:
    """Any layout.  The parser's own texts quote the file, so an error says behind which user it stands."""
    _find_opening(path, file)
    count = 0
    try:
        for item in ijson.items(file, "item", use_float=True, buf_size=CHUNK):
            user = _convert(item)
            count += 1
            yield user
    except ijson.IncompleteJSONError:
        raise InputError(
            f"{path.name}: after user {count}: the file is truncated, damaged or not a JSON array", hint=HINT
        ) from None
    except (msgspec.ValidationError, ijson.JSONError, ValueError) as exc:
        text = str(exc) if isinstance(exc, msgspec.ValidationError) else "not JSON"
        raise InputError(f"{path.name}: user {count + 1}: {text}", hint=HINT) from None


def _find_opening(path: Path, file: IO[bytes]) -> None:
    """Leave the file at its bracket, behind a byte-order mark and blanks."""
    if file.read(len(BYTE_ORDER_MARK)) != BYTE_ORDER_MARK:
        file.seek(0)
    while (sign := file.read(1)) and sign in b" \t\r\n":
        pass
    if sign != b"[":
        raise InputError(f"{path.name}: user 1: the file should begin with [", hint=HINT)
    file.seek(-1, 1)


def _convert(item: Any) -> ClerkUser:
    """The user in a decoded JSON value.  Raises msgspec.ValidationError, whose text names a path but no value."""
    is_guides = isinstance(item, dict) and is_guide_user(item)
    return _check(convert_guide_user(item) if is_guides else msgspec.convert(item, ClerkUser))


def _check(user: ClerkUser) -> ClerkUser:
    if not is_id(user.id):
        raise msgspec.ValidationError("not a Clerk id - at `$.id`")
    if not 0 <= user.created_at < LAST_MOMENT:
        raise msgspec.ValidationError("not a time in milliseconds since 1970 - at `$.created_at`")
    return user
