"""Files that are there in whole or not at all, readable by their owner only."""

import os
import tempfile
from pathlib import Path
from typing import Self

from job.errors import SettingsError
from job.settings import PREFIX


def make_folder(folder: Path) -> None:
    """Make the report's folder, with its parents, for its owner only; one that is there keeps its rights.

    Raises SettingsError where nothing can be written to it.
    """
    try:
        for missing in reversed([part for part in (folder, *folder.parents) if not part.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as exc:
        raise SettingsError(
            f"{PREFIX}REPORT_DIR: nothing can be written to {folder} ({type(exc).__name__})",
            mend=f"make the folder writable for the job's user, or set {PREFIX}REPORT_DIR to one that is",
        ) from None


class FileAside:
    """A file (0600) written beside its place; `commit` puts it there, `discard` takes it away."""

    def __init__(self, folder: Path, name: str) -> None:
        number, path = tempfile.mkstemp(prefix=f".{name}.", suffix=".part", dir=folder)
        self._path = Path(path)
        self._place = folder / name
        self.file = os.fdopen(number, "w", encoding="utf-8", newline="")

    @classmethod
    def write(cls, folder: Path, name: str, text: str) -> Self:
        """Write the whole file in one step."""
        aside = cls(folder, name)
        try:
            aside.file.write(text)
            aside.commit()
        except BaseException:
            aside.discard()
            raise
        return aside

    def commit(self) -> None:
        """Put what was written in its place, on the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self._path.replace(self._place)

    def discard(self) -> None:
        """Take the file away where it was not put in its place."""
        self.file.close()
        self._path.unlink(missing_ok=True)
