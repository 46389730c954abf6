"""Child tables and partitions: their rows count as LobeChat's, but not for its unique constraints."""

from job.preflight.catalog import Found, find, refuse
from job.preflight.check import CheckResult, Preflight


def check_inheritance(preflight: Preflight) -> CheckResult:
    """Refuse every table that inherits from LobeChat's, or that they inherit from, and partitioned ones."""
    rows = find(preflight, "inheritance", tables=preflight.tables)
    found = [Found(f"{row.table}: {row.name}", row.statement, row.undo) for row in rows]
    return refuse(found, kind="child tables or partitions of LobeChat's tables")
