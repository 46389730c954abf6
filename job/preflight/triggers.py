"""Triggers on LobeChat's tables: what they write, no dry run can foresee."""

import re

from job.preflight.catalog import Found, find, refuse
from job.preflight.check import CheckResult, Preflight
from job.settings.values import JOBS_TABLES


def check_triggers(preflight: Preflight) -> CheckResult:
    """Refuse each trigger, but for those that run after the write and name a table of C2B_ACCEPT_WRITES.

    What an accepted one really writes is looked at in each batch, by the guard.
    """
    tables = preflight.settings.accept_writes
    found = [
        Found(f"{row.table}: trigger {row.name} (function {row.function})", row.statement, row.undo)
        for row in find(preflight, "triggers", tables=preflight.tables)
        if not (row.after_the_write and _names_one(row.source, tables))
    ]
    return refuse(found, kind="triggers on LobeChat's tables" + (" beside the accepted ones" if tables else ""))


def _names_one(source: str, tables: tuple[str, ...]) -> bool:
    """Whether a function's source names one of the tables: with its schema, or without where that is no other's."""
    return any(_names(source, table) or _names(source, table.partition(".")[2]) for table in tables)


def _names(source: str, table: str) -> bool:
    if f"public.{table}" in JOBS_TABLES:
        return False
    return re.search(rf"(?<![\w$]){re.escape(table)}(?![\w$])", source.replace('"', ""), re.IGNORECASE) is not None
