"""A replica, and a primary that is set to read-only."""

from job.core.errors import UnsuitableDatabaseError
from job.lobechat.session.database_errors import read_only_error
from job.preflight.check import CheckResult, Preflight, passed
from job.preflight.server_setting import read_setting


def check_read_only(preflight: Preflight) -> CheckResult:
    """Refuse both: even a plan needs temporary tables."""
    setting = read_setting(preflight, "default_transaction_read_only", wanted="off")
    if setting.replica:
        raise read_only_error()
    if setting.value == "on":
        raise UnsuitableDatabaseError(
            "default_transaction_read_only is on, so that nothing can be written",
            hint=f"{setting.statement}; run again",
        )
    return passed("the database can be written to")
