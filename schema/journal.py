"""LobeChat's own record of its migrations, `drizzle.__drizzle_migrations`: the only truth about the revision."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

FOLDER = Path(__file__).parent
PIN = "0075"  # the structure of LobeChat 2.0 (2.0.0 to 2.1.13), from which every later release goes on by itself
LATEST = max(file.name[:4] for file in (FOLDER / "versions").glob("[0-9]*.py"))  # the newest that can be upgraded to
READY = "0060"  # the first revision that has every column the job writes
NEED_PG_SEARCH = ("0090", "0093")  # ParadeDB's extension and the indexes made with it; no later one up to 0175
TABLE = "drizzle.__drizzle_migrations"

# As drizzle-orm's migrator makes it.
CREATE_SCHEMA = "CREATE SCHEMA IF NOT EXISTS drizzle"
CREATE_TABLE = f"CREATE TABLE IF NOT EXISTS {TABLE} (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)"
# What is there is not asked for: that would need the privilege to make it.
CREATE = (
    f"DO $$ BEGIN IF to_regnamespace('drizzle') IS NULL THEN {CREATE_SCHEMA}; END IF;"
    f" IF to_regclass('{TABLE}') IS NULL THEN {CREATE_TABLE}; END IF; END $$"
)
LOCK = f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE"
STAMPS = f"SELECT created_at FROM {TABLE} WHERE created_at IS NOT NULL ORDER BY 1"


@dataclass(frozen=True)
class Entry:
    """One of LobeChat's migrations and the row that its migrator writes for it."""

    revision: str
    tag: str
    created_at: int  # milliseconds; when the migration was written, not when it ran
    hash: str  # SHA-256 of the migration file
    other_created_at: tuple[int, ...] = ()  # as prereleases of LobeChat had it

    @property
    def stamps(self) -> tuple[int, ...]:
        """Every time stamp by which a journal may name this migration."""
        return (self.created_at, *self.other_created_at)


@cache
def entries() -> dict[str, Entry]:
    """Return every known migration by revision, oldest first (0000 to 0174)."""
    loaded = json.loads((FOLDER / "journal.json").read_text())["entries"]
    return {item["revision"]: _entry(item) for item in loaded}


def _entry(item: dict[str, Any]) -> Entry:
    known = (item["revision"], item["tag"], item["created_at"], item["hash"])
    return Entry(*known, other_created_at=tuple(item.get("other_created_at", ())))


def newest() -> int:
    """Return the time stamp of the newest known migration."""
    return max(entry.created_at for entry in entries().values())


def between(revision: str | None, target: str) -> tuple[str, ...]:
    """Return the revisions that lead from `revision` (None: the empty database) to `target`, oldest first."""
    return tuple(known for known in entries() if (revision or "") < known <= target)


def read(connection: Connection) -> list[int]:
    """Return the journal's time stamps, oldest first; empty when there is no journal."""
    if not exists(connection):
        return []
    return list(connection.scalars(sa.text(STAMPS)))


def exists(connection: Connection) -> bool:
    """Tell whether the journal's table is there."""
    return connection.scalar(sa.text("SELECT to_regclass(:table)"), {"table": TABLE}) is not None


def revision_at(created_at: int) -> str | None:
    """Return the revision that has this time stamp; None when no known migration has it."""
    return next((entry.revision for entry in entries().values() if created_at in entry.stamps), None)


def create(connection: Connection) -> None:
    """Make the journal's table unless it is there."""
    connection.exec_driver_sql(CREATE)


def lock(connection: Connection) -> list[int]:
    """Keep every other writer of the journal waiting until this transaction ends, and return its time stamps.

    The journal is made where there is none.  One round trip.
    """
    return list(connection.exec_driver_sql(f"{CREATE};\n{LOCK};\n{STAMPS}").scalars())


def stand_at(stamps: list[int], revision: str | None) -> bool:
    """Tell whether the newest row, which LobeChat's migrator goes by, is that of `revision` (None: no row)."""
    if revision is None or not stamps:
        return revision is None and not stamps
    return stamps[-1] in entries()[revision].stamps


def insert(revision: str) -> str:
    """Return the statement that records a revision; it holds nothing but constants of journal.json."""
    entry = entries()[revision]
    return f"INSERT INTO {TABLE} (hash, created_at) VALUES ('{entry.hash}', {entry.created_at})"


def record(connection: Connection, revision: str) -> None:
    """Write a revision's row, inside the transaction that made the change."""
    connection.execute(sa.text(insert(revision)))
