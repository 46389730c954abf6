"""Rows of accounts that are there twice: no unique index of LobeChat's stops that."""

from job.core.errors import ConflictsError
from job.preflight.catalog import find
from job.preflight.check import CheckResult, Preflight, passed, warning

MEANING = {"credential": "several passwords: which one works is not defined", "link": "several links to one account"}
HINT = "delete all but one row of each from public.accounts: keep that of the user whom it belongs to"
JOBS_ROW = ": this job wrote {0}, LobeChat the rest, which the user has used since; delete {0}"


def _whose(job_row_ids: str | None) -> str:
    return JOBS_ROW.format(job_row_ids) if job_row_ids else ""


def check_doubles(preflight: Preflight) -> CheckResult:
    """Name each; raises ConflictsError for those that verify would fail for, once everything is written."""
    rows = find(preflight, "doubles")
    details = tuple(
        f"{row.user_ids}: {MEANING[row.kind]} (rows {row.row_ids}){_whose(row.job_row_ids)}" for row in rows
    )
    ours = sum(row.ours for row in rows)
    if ours:
        raise ConflictsError(
            f"accounts holds {ours} rows several times over for users in scope", hint=HINT, details=details
        )
    if details:
        return warning(
            f"accounts holds {len(details)} rows several times over, of users out of scope", hint=HINT, details=details
        )
    return passed("nobody has a password or a link twice")
