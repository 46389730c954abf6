"""clerk_users.json: the users as the export or the guide's own script wrote them."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from job.clerk.files.guide_user import decode_guide_user, is_guide_user
from job.clerk.files.json_array import ArrayError, JsonArray
from job.clerk.files.manifest import manifest_path, read_manifest
from job.clerk.files.stable_file import open_unchanged
from job.clerk.identifiers import is_id
from job.clerk.models import ClerkUser
from job.core.errors import InputError

HINT = "run the stage export again"
LAST_MOMENT = 253_402_300_800_000  # the year 10000

_decode_clerk_user = msgspec.json.Decoder(ClerkUser).decode


def read_users(path: Path) -> Iterator[ClerkUser]:
    """Each user.  InputError where the file is not whole, is not what the manifest says, or has another shape."""
    manifest = read_manifest(path)
    with open_unchanged(path, mode="rb") as file:
        array = JsonArray(file, decode_user)
        try:
            yield from array
        except ArrayError as exc:
            raise InputError(f"{path.name}: byte {exc.position}: {exc.meaning}", hint=HINT) from None
    if manifest and (array.count, array.sha256) != (manifest.count, manifest.sha256):
        raise InputError(
            f"{path.name} is not what the export wrote: {array.count} users of {manifest.count}",
            hint=f"{HINT}; or, if the file comes from elsewhere on purpose, delete {manifest_path(path).name}",
        )


def exported_at_ms(path: Path) -> int:
    """When Clerk told of these users, in milliseconds since 1970: the manifest's time, or the file's."""
    manifest = read_manifest(path)
    if manifest:
        return manifest.exported_at
    try:
        return path.stat().st_mtime_ns // 1_000_000
    except OSError as exc:
        raise InputError(f"{path.name} cannot be read: {exc.strerror}", hint=HINT) from None


def decode_user(data: bytes) -> ClerkUser:
    """The user in this JSON object.  Raises msgspec.DecodeError, whose text names a path but no value."""
    user = decode_guide_user(data) if is_guide_user(data) else _decode_clerk_user(data)
    if not is_id(user.id):
        raise msgspec.ValidationError("not a Clerk id - at `$.id`")
    if not 0 <= user.created_at < LAST_MOMENT:
        raise msgspec.ValidationError("not a time in milliseconds since 1970 - at `$.created_at`")
    return user
