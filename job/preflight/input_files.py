"""The dashboard's CSV and clerk_users.json: are they there, and can they be read to their end?"""

import time
from collections.abc import Iterable

from job.clerk.files.csv_file import read_csv
from job.clerk.files.users_file import read_users
from job.core.errors import InputError
from job.preflight.check import HURRY_SECONDS, CheckResult, Preflight, passed, skipped
from job.preflight.missing_csv import missing_csv
from job.settings import Settings, Stage
from job.settings.deployment import explain_refusal


def check_csv(preflight: Preflight) -> CheckResult:
    """Read the CSV: all of it where migrate or verify need it."""
    settings = preflight.settings
    if settings.path == "simple" or not settings.csv_required:
        return skipped("no CSV is used")
    if settings.csv_url and (Stage.EXPORT in settings.stages or not preflight.needed):
        return skipped("the stage export fetches the CSV")
    _open_csv(settings)
    return passed(_describe(settings.csv_file.name, *_count(read_csv(settings.csv_file), preflight)))


def check_clerk_users(preflight: Preflight) -> CheckResult:
    """Read clerk_users.json where no export of this run makes it anew."""
    settings = preflight.settings
    if settings.path == "simple" or Stage.EXPORT in settings.stages or not preflight.needed:
        return skipped("the stage export makes clerk_users.json")
    return passed(_describe(settings.json_file.name, *_count(read_users(settings.json_file), preflight)))


def _open_csv(settings: Settings) -> None:
    """Raise InputError, with what to do where the job runs, for a CSV that is not there or must not be read."""
    try:
        settings.csv_file.open("rb").close()
    except FileNotFoundError:
        raise missing_csv(settings) from None
    except OSError as exc:
        reason, hint = explain_refusal(settings, settings.csv_file, exc)
        raise InputError(f"{settings.csv_file.name} cannot be opened ({reason})", hint=hint) from None


def _count(rows: Iterable[object], preflight: Preflight) -> tuple[int, bool]:
    """How many rows there are, and whether that is all; without a need for them only as many as a short look shows."""
    until = time.monotonic() + HURRY_SECONDS
    number = 0
    for number, _ in enumerate(rows, 1):
        if number % 1000 == 0:
            preflight.context.stop.check()
            if not preflight.needed and time.monotonic() > until:
                return number, False
    return number, True


def _describe(name: str, number: int, whole: bool) -> str:
    return f"{name} has {number} users" if whole else f"the first {number} rows of {name} are good"
