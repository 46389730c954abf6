"""The folders of the report: one for each run, and `latest`, which is the newest of them."""

import shutil
from pathlib import Path

LATEST = "latest"


def point_latest(run_folder: Path) -> None:
    """Let `latest` beside the run's folder be that folder: a link, or a copy where the file system has no links.

    Raises OSError.
    """
    latest = run_folder.parent / LATEST
    aside = run_folder.parent / f".{LATEST}.{run_folder.name}"
    _remove(aside)
    try:
        aside.symlink_to(run_folder.name, target_is_directory=True)
    except OSError:
        shutil.copytree(run_folder, aside)
    if not latest.is_symlink():  # a copy, which nothing can be renamed onto
        _remove(latest)
    aside.replace(latest)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
