"""Clerk's CSV is not where it should be: does one lie somewhere else, and how does it get to its place?"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from job.core.errors import InputError
from job.settings import PREFIX, Mode, Settings
from job.settings.deployment import explain_missing_file

MARK = b"password_digest"  # a column that only Clerk's export has
HEAD_BYTES = 4096


def missing_csv(settings: Settings) -> InputError:
    """The error for a CSV that is not there, naming every one of Clerk's that lies near."""
    place = settings.csv_file
    near = list(_find_near(settings))
    if near:
        hint = f"move it to {settings.as_on_host(place)}, if it is this instance's"
        there = f"; there is one at {', '.join(str(settings.as_on_host(path)) for path in near)}"
    else:
        there = ""
        hint = (
            "export the users in Clerk's dashboard (Configure, Settings, User exports), and"
            f" {explain_missing_file(settings, place)}; or migrate without passwords: {PREFIX}CSV=none"
        )
    return InputError(f"{place.name} is missing in {settings.as_on_host(place.parent)}{there}", hint=hint)


def _find_near(settings: Settings) -> Iterator[Path]:
    """CSV files with Clerk's header in the data folder and in both modes' folders."""
    data = settings.working_folder / settings.data_dir
    for folder in (settings.folder, data, *(data / mode for mode in Mode if data / mode != settings.folder)):
        with suppress(OSError):
            yield from (path for path in sorted(folder.glob("*.csv")) if _is_clerks(path))


def _is_clerks(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return MARK in file.read(HEAD_BYTES)
    return False
