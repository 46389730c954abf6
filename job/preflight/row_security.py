"""Row-level security: rows that the job cannot see would be inserted a second time."""

from job.preflight.catalog import Found, find, refuse
from job.preflight.check import CheckResult, Preflight


def check_row_security(preflight: Preflight) -> CheckResult:
    """Refuse row-level security that applies to the job's role; for an owner and with BYPASSRLS it does not."""
    rows = find(preflight, "row_security", tables=preflight.tables)
    found = [Found(f"{row.table}: {row.name}", row.statement, row.undo) for row in rows]
    return refuse(found, kind="row-level security that applies to the job's role")
