"""LobeChat's tables: as they should be after each revision, as they are in a database, and where the two differ."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

FOLDER = Path(__file__).parent / "deltas"
OPTIONAL_EXTENSION, OPTIONAL_INDEX = "pg_search", " USING bm25 "
KINDS = ("columns", "constraints", "indexes")

Table = dict[str, Any]
Tables = dict[str, Table]

STRUCTURE = sa.text(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Structure:
    """Extensions, and for each table its columns (in order), constraints, indexes and storage options."""

    extensions: tuple[str, ...]
    tables: Tables
    pgvector: str = "public"  # the schema that pgvector is in, or will be created in, quoted where it has to be


EMPTY = Structure((), {})


@dataclass(frozen=True)
class Difference:
    """One place where a database departs from a revision; `want` or `have` is None where there is nothing."""

    table: str
    part: str  # "columns", "constraints", "indexes", "column order", "options", "table", "extension"
    name: str
    want: Any
    have: Any

    def __str__(self) -> str:
        if self.part == "extension":
            return f"extension {self.name} is missing"
        if self.part == "table":
            return f"table {self.table} is {'missing' if self.have is None else 'not expected'}"
        name = f".{self.name}" if self.name else ""
        return f"{self.table}.{self.part}{name}: want {json.dumps(self.want)}, have {json.dumps(self.have)}"

    @property
    def place(self) -> tuple[str, str, str]:
        """Where it is, whatever was wanted there."""
        return self.table, self.part, self.name

    @property
    def same_type(self) -> bool:
        """True for a column that has its type and only its default or NOT NULL is another."""
        return self.part == "columns" and bool(self.want and self.have) and self.want["type"] == self.have["type"]

    @property
    def harmless(self) -> bool:
        """True for what an administrator may add or tune and LobeChat's migrations do not stumble over."""
        if self.part == "indexes" and self.have is None:
            return not str(self.want).startswith("CREATE UNIQUE")
        return self.want is None or self.part == "options"


CompareTable = Callable[[str, Table | None, Table | None], Iterable[Difference]]


@cache
def delta(revision: str) -> dict[str, Any]:
    """Return what one revision changes."""
    (file,) = FOLDER.glob(f"{revision}_*.json")
    loaded: dict[str, Any] = json.loads(file.read_text())
    return loaded


@cache
def known_revisions() -> tuple[str, ...]:
    """Return the revisions whose structure is known, oldest first."""
    return tuple(sorted(file.name[:4] for file in FOLDER.glob("*.json")))


@cache
def every_structure() -> dict[str, Structure]:
    """Return the whole structure after each known revision, oldest first."""
    structure, found = EMPTY, {}
    for revision in known_revisions():
        structure = found[revision] = fold(structure, delta(revision))
    return found


def structure_at(revision: str | None) -> Structure:
    """Return the whole structure after `revision`; None is the empty database."""
    return EMPTY if revision is None else every_structure()[revision]


def touched_tables(revision: str) -> set[str]:
    """Return the tables, by their names afterwards, that a revision creates, renames or alters."""
    change = delta(revision)
    renamed = change.get("rename_tables", {}).values()
    return {*change.get("create_tables", {}), *change.get("alter_tables", {}), *renamed}


def fold(structure: Structure, change: Mapping[str, Any]) -> Structure:
    """Return the structure after one revision's change."""
    tables = dict(structure.tables)
    for name in change.get("drop_tables", []):
        del tables[name]
    for old, new in change.get("rename_tables", {}).items():
        tables[new] = tables.pop(old)
    tables |= change.get("create_tables", {})
    for name, parts in change.get("alter_tables", {}).items():
        tables[name] = _fold_table(tables[name], parts)
    extensions = sorted({*structure.extensions, *change.get("extensions", [])})
    return Structure(tuple(extensions), tables)


def _fold_table(table: Table, parts: Mapping[str, Any]) -> Table:
    renamed = parts.get("rename_columns", {})
    columns = {renamed.get(name, name): column for name, column in table["columns"].items()}
    folded = {**table, "columns": columns, "options": parts.get("options", table["options"])}
    for kind in KINDS:
        dropped = parts.get(f"drop_{kind}", [])
        kept = {name: value for name, value in folded[kind].items() if name not in dropped}
        folded[kind] = kept | parts.get(f"add_{kind}", {}) | parts.get(f"change_{kind}", {})
    return folded


def snapshot(connection: Connection, only: Collection[str] | None = None) -> Structure:
    """Read the structure of the schema `public` (of the tables `only`, if given) inside a `transaction`.

    Names of `public` and of pgvector's schema are given without their schema, as LobeChat writes them.
    """
    chosen = {"everything": only is None, "tables": sorted(only or ())}
    # Rows are taken apart by place: by name it would take as long as the query itself.
    (_, _, pgvector, *_), *rows = connection.execute(STRUCTURE, chosen).all()
    qualified = re.compile(rf'(?<![\w"])(?:public|{re.escape(pgvector)})\.')

    def plain(text: str | None) -> str | None:  # None of what was dropped a moment ago
        return qualified.sub("", text) if text and "." in text else text

    extensions: list[str] = []
    tables: Tables = {}
    for part, table, name, definition, nullable, default, identity in rows:
        if part == "extension":
            extensions.append(name)
            continue
        parts = tables.setdefault(table, {**{kind: {} for kind in KINDS}, "options": []})
        if part == "columns":
            parts["columns"][name] = _column(plain(definition), nullable, plain(default), identity)
        elif part == "options":
            parts["options"].append(definition)
        else:
            parts[part][name] = plain(definition)
    return Structure(tuple(extensions), tables, pgvector)


def _column(type_: str | None, nullable: bool, default: str | None, identity: str | None) -> dict[str, Any]:
    column: dict[str, Any] = {"type": type_, "nullable": nullable}
    if default is not None:
        column["default"] = default
    if identity is not None:
        column["identity"] = {"a": "always", "d": "by default"}[identity]
    return column


def differences(want: Structure, have: Structure, only: Collection[str] | None = None) -> list[Difference]:
    """Name where `have` departs from `want` (in the tables `only`, if given); nothing when they agree.

    pg_search and its indexes may be there or not: whoever went past them has a healthy database.
    """
    return list(_compare(want, have, only, _table_differences))


def nearest_revision(have: Structure) -> tuple[list[Difference], str]:
    """Where `have` departs from the known revision that it is nearest to.

    Of two that are as near it is the older one, whose steps can be run twice.
    """
    compared: dict[tuple[str, int], list[Difference]] = {}

    def compare_once(table: str, want: Table | None, have: Table | None) -> list[Difference]:
        """A revision leaves most tables as they were: the very same object."""
        key = (table, id(want))
        if key not in compared:
            compared[key] = list(_table_differences(table, want, have))
        return compared[key]

    return min(
        ((list(_compare(want, have, None, compare_once)), revision) for revision, want in every_structure().items()),
        key=lambda candidate: (len(candidate[0]), candidate[1]),
    )


def _compare(
    want: Structure, have: Structure, only: Collection[str] | None, compare_table: CompareTable
) -> Iterator[Difference]:
    for name in want.extensions:
        if name not in (*have.extensions, OPTIONAL_EXTENSION):
            yield Difference("", "extension", name, name, None)
    for table in sorted(want.tables.keys() | have.tables.keys() if only is None else only):
        yield from compare_table(table, want.tables.get(table), have.tables.get(table))


def _table_differences(table: str, want: Table | None, have: Table | None) -> Iterator[Difference]:
    if want is None or have is None:
        if want is not have:
            yield Difference(table, "table", "", want and table, have and table)
        return
    if want == have and list(want["columns"]) == list(have["columns"]):
        return
    for kind in KINDS:
        for name in sorted(want[kind].keys() | have[kind].keys()):
            wanted, found = want[kind].get(name), have[kind].get(name)
            if wanted != found and OPTIONAL_INDEX not in str(wanted or found):
                yield Difference(table, kind, name, wanted, found)
    ours = [name for name in want["columns"] if name in have["columns"]]
    theirs = [name for name in have["columns"] if name in want["columns"]]
    if ours != theirs:
        yield Difference(table, "column order", "", ours, theirs)
    if want["options"] != have["options"]:
        yield Difference(table, "options", "", want["options"], have["options"])
