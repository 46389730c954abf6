"""The folders and files that the job writes to: can they be written?  The report's own folder is tried before all."""

import tempfile
from pathlib import Path

from job.core.errors import InputError
from job.core.files import FileAside, make_folder
from job.preflight.check import CheckResult, Preflight, passed, skipped
from job.settings import PREFIX
from job.settings.deployment import explain_refusal


def check_data_folder(preflight: Preflight) -> CheckResult:
    """Write a file into the data folder and take it away again."""
    folder = preflight.settings.folder
    try:
        make_folder(folder)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as exc:
        raise _unwritable(preflight, "DATA_DIR", folder, exc) from None
    return passed("the data folder can be written to")


def check_backup_codes_file(preflight: Preflight) -> CheckResult:
    """The new backup codes."""
    return _check_file(preflight, "BACKUP_CODES_FILE", preflight.settings.backup_codes_file)


def check_contacts_file(preflight: Preflight) -> CheckResult:
    """The people to write to."""
    return _check_file(preflight, "CONTACTS_FILE", preflight.settings.contacts_file)


def _check_file(preflight: Preflight, variable: str, given: Path | None) -> CheckResult:
    """Write a file beside the place of this one and take it away again."""
    if given is None:
        return skipped(f"{PREFIX}{variable} is not set")
    path = preflight.settings.working_folder / given
    try:
        make_folder(path.parent)
        FileAside(path).discard()
    except OSError as exc:
        raise _unwritable(preflight, variable, path, exc) from None
    return passed(f"{given.name} can be written")


def _unwritable(preflight: Preflight, variable: str, path: Path, error: OSError) -> InputError:
    reason, hint = explain_refusal(preflight.settings, path, error)
    return InputError(f"{PREFIX}{variable}: nothing can be written to {path} ({reason})", hint=hint)
