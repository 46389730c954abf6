"""The manifest beside clerk_users.json: what a complete export holds, so that a damaged file is noticed."""

from pathlib import Path

import msgspec

from job.core.errors import InputError

API_VERSION = "2025-04-10"


class Manifest(msgspec.Struct, frozen=True):
    """Users in the file, its SHA-256 in hex, when the export was complete (ms), and the API's version."""

    count: int
    sha256: str
    exported_at: int
    api_version: str = API_VERSION


def manifest_path(users_file: Path) -> Path:
    """clerk_users.json's is clerk_users.manifest.json."""
    return users_file.with_suffix(".manifest.json")


def read_manifest(users_file: Path) -> Manifest | None:
    """The manifest, or None for a file that the guide's own script wrote.  Raises InputError if it is damaged."""
    path = manifest_path(users_file)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        raise InputError(f"{path.name} is damaged", hint="export again: run the stage export") from None
