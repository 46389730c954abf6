"""The file of a revision, put together from its facts and from the structure before it.

What facts cannot show is left to whoever runs the generator: what happens to rows, and which order the statements need
where constraints hang on one another.  `notes` names the places.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

from schema.generator.code import (
    add_constraint_code,
    column_code,
    constraint_code,
    default_code,
    index_code,
    names,
    references,
    type_code,
)
from schema.structure import Structure

ALIKE = 3  # so many tables with the same statements share a loop
MANY = 12  # so many statements make a function of their own
FOREIGN = "FOREIGN KEY"
DEFINITION = re.compile(r"([^)]*\))(?: REFERENCES (\w+\([^)]*\)))?(.*)", re.DOTALL)
IMPORTS = {
    "sqlalchemy.dialects.postgresql": ("ARRAY", "JSONB"),
    "schema.types": ("TIMESTAMPTZ", "Vector", "not_offered", "timestamp", "timestamps"),
}

Facts = Mapping[str, Any]
Statements = list[tuple[str, str]]  # the table, and the statement on it


def revision_text(facts: Facts, before: Structure, down_revision: str) -> str:
    """Return the revision's Python, to be formatted by ruff.  Raises code.UnknownFormError."""
    body, functions = [], {}
    for name, statements in phases(facts, before).items():
        lines = list(_looped(statements))
        apart = len(lines) > MANY or (name.startswith("create_") and len(facts["create_tables"]) > 1)
        body += [f"_{name}()"] if apart else lines
        if apart:
            functions[name] = lines
    code = "\n\n\n".join(
        [_function("upgrade", body or ["pass"]), *(_function(f"_{name}", lines) for name, lines in functions.items())]
    )
    code += "\n\n\ndowngrade = not_offered\n"
    head = f'"""LobeChat\'s migration {facts["tag"]}."""\n\n{_imports(code)}\n\n'
    return f"{head}revision = {facts['revision']!r}\ndown_revision = {down_revision!r}\n\n\n{code}"


def phases(facts: Facts, before: Structure) -> dict[str, Statements]:
    """Return the statements by phase, in the order in which the phases must run."""
    change = _Change(facts, before)
    created = {f"create_{table}": change.create(table) for table in change.creation_order()}
    found = {
        "drop_foreign_keys": change.drop_constraints(foreign=True),
        "drop_indexes": change.drop_indexes(),
        "drop_constraints": change.drop_constraints(foreign=False),
        "drop_tables": [(table, f"op.drop_table({table!r})") for table in facts.get("drop_tables", [])],
        "rename": change.rename(),
        **created,
        "change_columns": change.change_columns(),
        "add_constraints": change.add_constraints(foreign=False),
        "add_foreign_keys": change.add_constraints(foreign=True),
        "add_indexes": change.add_indexes(),
        "set_options": change.set_options(),
    }
    return {name: statements for name, statements in found.items() if statements}


def notes(facts: Facts) -> Iterator[str]:
    """Yield what has to be looked at by hand."""
    for table, parts in facts.get("alter_tables", {}).items():
        for name, column in parts.get("add_columns", {}).items():
            if not (column["nullable"] or "default" in column or "identity" in column):
                yield f"{table}.{name} is NOT NULL without a default: rows that are there need a value first"
        for name in parts.get("rename_columns", {}):
            yield f"{table}.{name} is renamed: look at the constraints that follow it"
        for name, definition in parts.get("add_indexes", {}).items():
            if " USING bm25 " in definition:
                yield f"{name}: the options of a bm25 index are not in the catalog's words"
    if facts.keys() <= {"revision", "tag", "journal_created_at"}:
        yield "nothing of the structure changes: only rows do"


class _Change:
    """One migration's changes as statements."""

    def __init__(self, facts: Facts, before: Structure) -> None:
        self.created: Mapping[str, Any] = facts.get("create_tables", {})
        self.altered: Mapping[str, Any] = facts.get("alter_tables", {})
        self.renamed: Mapping[str, str] = facts.get("rename_tables", {})
        self.before = {self.renamed.get(name, name): table for name, table in before.tables.items()}

    def creation_order(self) -> list[str]:
        """Tables that others refer to first."""
        graph = {
            table: {
                other
                for definition in entry["constraints"].values()
                if (other := references(definition)) and other in self.created and other != table
            }
            for table, entry in self.created.items()
        }
        return list(TopologicalSorter(graph).static_order())

    def create(self, table: str) -> Statements:
        entry = self.created[table]
        keys = dict(entry["constraints"])
        primary = names(keys.pop(f"{table}_pkey"[:63], "PRIMARY KEY ()").split("(")[1].rstrip(")"))
        if len(primary) > 1:
            keys = {f"{table}_pkey": entry["constraints"][f"{table}_pkey"], **keys}
        columns = (
            column_code(name, column, primary_key=primary == [name]) for name, column in entry["columns"].items()
        )
        parts = [repr(table), *_joined_timestamps(columns), *(constraint_code(*item) for item in keys.items())]
        indexes = (index_code(table, *item) for item in entry["indexes"].items())
        return [(table, f"op.create_table({', '.join(parts)},)"), *((table, line) for line in indexes)]

    def drop_constraints(self, *, foreign: bool) -> Statements:
        return [
            (table, f"op.drop_constraint({name!r}, {table!r})")
            for table, parts in self.altered.items()
            for name in [*parts.get("drop_constraints", []), *self._changed_constraints(table)]
            if self.before[table]["constraints"][name].startswith(FOREIGN) == foreign
        ]

    def add_constraints(self, *, foreign: bool) -> Statements:
        return [
            (table, add_constraint_code(table, name, definition))
            for table, parts in self.altered.items()
            for name, definition in {**parts.get("add_constraints", {}), **self._changed_constraints(table)}.items()
            if definition.startswith(FOREIGN) == foreign
        ]

    def drop_indexes(self) -> Statements:
        return [
            (table, f"op.drop_index({name!r}, {table!r})")
            for table, parts in self.altered.items()
            for name in [*parts.get("drop_indexes", []), *parts.get("change_indexes", {})]
        ]

    def add_indexes(self) -> Statements:
        return [
            (table, index_code(table, name, definition))
            for table, parts in self.altered.items()
            for name, definition in {**parts.get("add_indexes", {}), **parts.get("change_indexes", {})}.items()
        ]

    def rename(self) -> Statements:
        found = [(new, f"op.rename_table({old!r}, {new!r})") for old, new in self.renamed.items()]
        for table, parts in self.altered.items():
            for old, new in parts.get("rename_columns", {}).items():
                found.append((table, f"op.alter_column({table!r}, {old!r}, new_column_name={new!r})"))
        return found

    def change_columns(self) -> Statements:
        """Columns that are added, altered and dropped."""
        return [(table, line) for table, parts in self.altered.items() for line in self._column_changes(table, parts)]

    def _column_changes(self, table: str, parts: Mapping[str, Any]) -> Iterator[str]:
        for name, column in parts.get("add_columns", {}).items():
            yield f"op.add_column({table!r}, {column_code(name, column)})"
        for name, column in parts.get("change_columns", {}).items():
            old = self.before[table]["columns"][name]
            yield f"op.alter_column({table!r}, {name!r}, {', '.join(_altered(old, column))})"
        for name in parts.get("drop_columns", []):
            yield f"op.drop_column({table!r}, {name!r})"

    def set_options(self) -> Statements:
        found = []
        for table, parts in self.altered.items():
            if parts.get("options"):
                sql = f"ALTER TABLE public.{table} SET ({', '.join(parts['options'])})"
                found.append((table, f"op.execute({sql!r})"))
        return found

    def _changed_constraints(self, table: str) -> dict[str, str]:
        """Constraints that are another, but for those that only followed a renamed column."""
        parts = self.altered[table]
        return {
            name: definition
            for name, definition in parts.get("change_constraints", {}).items()
            if self._after_renaming(table, self.before[table]["constraints"][name]) != definition
        }

    def _after_renaming(self, table: str, definition: str) -> str:
        own, referred, rest = DEFINITION.fullmatch(definition).groups()  # type: ignore[union-attr]
        found = _with_columns_renamed(own, self.altered[table].get("rename_columns", {}))
        if referred:
            other = self.altered.get(referred.partition("(")[0], {})
            found += f" REFERENCES {_with_columns_renamed(referred, other.get('rename_columns', {}))}"
        return found + rest


def _with_columns_renamed(text: str, renamed: Mapping[str, str]) -> str:
    before, _, columns = text.partition("(")
    return f"{before}({', '.join(renamed.get(name, name) for name in names(columns.rstrip(')')))})"


def _altered(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if old["type"] != new["type"]:
        yield f"type_={type_code(new['type'])}"
    if old["nullable"] != new["nullable"]:
        yield f"nullable={new['nullable']}"
    if old.get("default") != new.get("default"):
        yield f"server_default={default_code(new['default']) if 'default' in new else None}"


def _joined_timestamps(columns: Iterable[str]) -> list[str]:
    """Let neighbours share one `*timestamps(…)`."""
    found: list[str] = []
    for column in columns:
        if column.startswith("timestamp(") and found and found[-1].startswith(("timestamp(", "*timestamps(")):
            before = found.pop().partition("(")[2].rstrip(")")
            column = f"*timestamps({before}, {column.removeprefix('timestamp(')}"  # noqa: PLW2901 - it grows
        found.append(column)
    return found


def _looped(statements: Statements) -> Iterator[str]:
    """Yield the statements; those that are the same for several tables as one loop."""
    by_table: dict[str, list[str]] = {}
    for table, line in statements:
        by_table.setdefault(table, []).append(line)
    alike: dict[tuple[str, ...], list[str]] = {}
    for table, lines in by_table.items():
        alike.setdefault(tuple(_for_any(table, line) for line in lines), []).append(table)
    for shared, tables in alike.items():
        if len(tables) < ALIKE:
            for table in tables:
                yield from by_table[table]
        else:
            yield "\n    ".join([f"for table in {tuple(tables)!r}:", *shared])


def _for_any(table: str, line: str) -> str:
    """Return the statement with the variable `table` in place of the table's name."""
    line = line.replace(f"{table!r}", "table")
    return re.sub(rf"'{table}(_\w+)'", r"f'{table}\1'", line)


def _function(name: str, lines: Iterable[str]) -> str:
    body = "\n".join(lines).replace("\n", "\n    ")
    return f"def {name}() -> None:\n    {body}"


def _imports(code: str) -> str:
    lines = ["import sqlalchemy as sa"] if "sa." in code else []
    lines += ["from alembic import op"]
    for module, words in IMPORTS.items():
        used = [word for word in words if re.search(rf"\b{word}\b", code)]
        if used:
            lines.append(f"{'' if module.startswith('sql') else chr(10)}from {module} import {', '.join(used)}")
    return "\n".join(lines)
