"""PostgreSQL's counters of written rows, by which each batch is guarded."""

from job.core.errors import UnsuitableDatabaseError
from job.preflight.check import CheckResult, Preflight, passed
from job.preflight.server_setting import read_setting


def check_track_counts(preflight: Preflight) -> CheckResult:
    """Refuse a server that does not count: no batch could prove what it wrote."""
    setting = read_setting(preflight, "track_counts", wanted="on")
    if setting.value == "on":
        return passed("the server counts the rows that a transaction writes")
    raise UnsuitableDatabaseError(
        "track_counts is off: no batch could prove that it wrote the planned rows and no others",
        hint=f"as a superuser: {setting.statement}; then run again",
    )
