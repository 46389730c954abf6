"""Constraints that LobeChat does not have: they would refuse, or carry on, what the job writes."""

import re
from functools import cache

from job.preflight.catalog import Found, find, refuse
from job.preflight.check import CheckResult, Preflight
from schema.structure import every_structure

TABLES = ("users", "accounts", "two_factor")


def check_constraints(preflight: Preflight) -> CheckResult:
    """Refuse constraints and unique indexes that no revision of LobeChat has; one with another name counts as known."""
    found = [
        Found(f"{row.table}: {row.name} {row.definition}", row.statement, row.undo)
        for row in find(preflight, "constraints")
        if (row.ours, _plain(row.definition)) not in _of_lobechat()
    ]
    return refuse(found, kind="constraints that LobeChat does not have")


@cache
def _of_lobechat() -> frozenset[tuple[str, str]]:
    """(table, definition) of every constraint and unique index that LobeChat has at any known revision."""
    return frozenset(
        (name, _plain(definition))
        for structure in every_structure().values()
        for name, table in structure.tables.items()
        if name in TABLES
        for kind in ("constraints", "indexes")
        for definition in table[kind].values()
    )


def _plain(definition: str) -> str:
    """A definition without the index's own name and without schemas."""
    unnamed = re.sub(r'^(CREATE (?:UNIQUE )?INDEX) (?:"(?:[^"]|"")+"|\S+) ON', r"\1 ON", definition)
    return unnamed.replace(" public.", " ")
