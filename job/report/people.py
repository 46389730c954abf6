"""The people who need attention: their causes as they come, one action each in the end.

Both are kept in a database file of SQLite's that has no name any more once it is open: the memory stays small whatever
the number of users, and a killed run leaves nothing behind.
"""

import csv
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from job.report.actions import Action
from job.report.finding_texts import choose_action, explain

CAUSES_AT_ONCE = 2000
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take what begins so for a formula
NO_ACTION = len(Action)

TABLES = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE causes (
        user_id TEXT NOT NULL, number INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
        urgency INTEGER NOT NULL, PRIMARY KEY (user_id, number)) WITHOUT ROWID;
    CREATE TABLE people (
        urgency INTEGER NOT NULL, user_id TEXT NOT NULL, reasons TEXT NOT NULL,
        PRIMARY KEY (urgency, user_id)) WITHOUT ROWID;
"""
# Both tables are read and filled in the order of their keys, so nothing is ever sorted in memory.
FIND_PEOPLE = """
    INSERT INTO people (urgency, user_id, reasons)
    SELECT min(urgency), user_id,
        group_concat(CASE detail WHEN '' THEN reason ELSE reason || ' (' || detail || ')' END, '; ')
    FROM causes GROUP BY user_id HAVING min(urgency) < ?"""


class Person(NamedTuple):
    """One row of attention.csv; `reasons` are all of the person's causes."""

    user_id: str
    action: Action
    reasons: str


class People:
    """Everyone of whom a cause was told, in one file without a name in `folder`.  Raises OSError."""

    def __init__(self, folder: Path) -> None:
        path = folder / ".people.sqlite"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        try:
            self._store = sqlite3.connect(path, isolation_level=None)
            self._store.executescript(TABLES)
        finally:
            path.unlink()
        self._waiting: list[tuple[str, int, str, str, int]] = []
        self._number = 0
        self._found = False
        self.by_reason: Counter[str] = Counter()

    def add(self, user_id: str, reason: str, detail: str) -> None:
        """Take one cause."""
        action = choose_action(reason, detail)
        urgency = NO_ACTION if action is None else action.urgency
        self._number += 1
        self._waiting.append((user_id, self._number, reason, detail, urgency))
        self.by_reason[reason] += 1
        self._found = False
        if len(self._waiting) >= CAUSES_AT_ONCE:
            self._store_waiting()

    def __iter__(self) -> Iterator[Person]:
        """Everyone with an action, the most urgent first."""
        self._find()
        actions = tuple(Action)
        for urgency, user_id, reasons in self._store.execute(
            "SELECT urgency, user_id, reasons FROM people ORDER BY urgency, user_id"
        ):
            yield Person(user_id, actions[urgency], reasons)

    def count_by_action(self) -> dict[Action, int]:
        """How many people each action concerns, the most urgent first."""
        self._find()
        actions = tuple(Action)
        rows = self._store.execute("SELECT urgency, count(*) FROM people GROUP BY urgency ORDER BY urgency")
        return {actions[urgency]: count for urgency, count in rows}

    def write_attention(self, file: IO[str]) -> None:
        """attention.csv: one line for each person."""
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("user_id", "action", "what_to_do", "reasons"))
        for user_id, action, reasons in self:
            writer.writerow((plain(user_id), action, action.what_to_do, plain(reasons)))

    def write_causes(self, file: IO[str]) -> None:
        """causes.csv: one line for each person and cause, those that ask for nothing included."""
        self._store_waiting()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("user_id", "reason", "detail", "meaning", "what_to_do"))
        for user_id, reason, detail in self._store.execute(
            "SELECT user_id, reason, detail FROM causes ORDER BY user_id, number"
        ):
            text = explain(reason)
            writer.writerow((plain(user_id), reason, plain(detail), text.meaning, text.what_to_do))

    def close(self) -> None:
        """Forget everyone."""
        self._store.close()

    def _find(self) -> None:
        self._store_waiting()
        if not self._found:
            self._store.execute("DELETE FROM people")
            self._store.execute(FIND_PEOPLE, (NO_ACTION,))
            self._found = True

    def _store_waiting(self) -> None:
        if not self._waiting:
            return
        self._store.execute("BEGIN")
        self._store.executemany(
            "INSERT INTO causes (user_id, number, reason, detail, urgency) VALUES (?, ?, ?, ?, ?)", self._waiting
        )
        self._store.execute("COMMIT")
        self._waiting.clear()


def plain(text: str) -> str:
    """The text as a spreadsheet takes it for text."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
