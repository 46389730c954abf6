"""Rewrite rules on LobeChat's tables: they turn the job's statements into others."""

from job.preflight.catalog import Found, find, refuse
from job.preflight.check import CheckResult, Preflight


def check_rules(preflight: Preflight) -> CheckResult:
    """Refuse each enabled rule."""
    rows = find(preflight, "rules", tables=preflight.tables)
    found = [Found(f"{row.table}: rule {row.name}", row.statement, row.undo) for row in rows]
    return refuse(found, kind="rules on LobeChat's tables")
