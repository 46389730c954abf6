"""Constraints that LobeChat does not have: they would refuse, or carry on, what the job writes."""

import re
from contextlib import suppress
from functools import cache

from job.core.errors import JobError
from job.preflight.catalog import Found, find, refuse
from job.preflight.check import CheckResult, Preflight, warning
from schema import Verdict
from schema.structure import every_structure, known_revisions

TABLES = ("users", "accounts", "two_factor", "auth_sessions")


def check_constraints(preflight: Preflight) -> CheckResult:
    """Refuse constraints and unique indexes that no revision of LobeChat has; one with another name counts as known.

    In a database newer than every known revision they may be LobeChat's own, so there they are a warning.
    """
    found = [
        Found(f"{row.table}: {row.name} {row.definition}", row.statement, row.undo)
        for row in find(preflight, "constraints", tables=preflight.tables)
        if row.definition and (row.ours, _plain(row.definition)) not in _of_lobechat()  # None: dropped a moment ago
    ]
    if found and _is_newer_than_known(preflight):
        return warning(
            f"{len(found)} constraints of a LobeChat that is newer than every known one: {found[0].what}",
            hint="make sure that they are LobeChat's own; those that are not may refuse what the job writes",
            details=tuple(one.what for one in found),
        )
    return refuse(found, kind="constraints that LobeChat does not have")


def _is_newer_than_known(preflight: Preflight) -> bool:
    """Whether nobody can tell LobeChat's constraints there; not where the check of the schema fails, and says so."""
    with suppress(JobError):
        return preflight.schema.verdict is Verdict.AHEAD and preflight.schema.revision not in known_revisions()
    return False


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
