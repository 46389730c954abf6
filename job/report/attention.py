"""attention.csv: one line for each user and reason, written as it comes."""

import csv
from pathlib import Path

from job.core.files import FileAside
from job.report.meanings import explain

NAME = "attention.csv"
HEADER = ("user_id", "reason", "detail", "what_to_do")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take what begins so for a formula


class AttentionFile:
    """Lines on their way to the disk, counted by reason."""

    def __init__(self, folder: Path) -> None:
        self._aside = FileAside(folder / NAME, text=True)
        self._writer = csv.writer(self._aside.file, lineterminator="\n")
        self._writer.writerow(HEADER)
        self.by_reason: dict[str, int] = {}

    def add(self, user_id: str, reason: str, detail: str) -> None:
        """Write one line."""
        self._writer.writerow((_plain(user_id), reason, _plain(detail), explain(reason).what_to_do))
        self.by_reason[reason] = self.by_reason.get(reason, 0) + 1

    def commit(self) -> None:
        """Put the file in its place."""
        self._aside.commit()

    def discard(self) -> None:
        """Forget the lines."""
        self._aside.discard()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
