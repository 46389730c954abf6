"""Can the file of the new backup codes be written?"""

from job.lobechat.plan.backup_codes import check_writable
from job.preflight.check import CheckResult, Preflight, passed, skipped


def check_backup_codes_file(preflight: Preflight) -> CheckResult:
    """Write a file beside its place and take it away again."""
    path = preflight.settings.backup_codes_file
    if path is None:
        return skipped("CLERK_TO_BETTERAUTH_BACKUP_CODES_FILE is not set")
    check_writable(preflight.settings.working_folder / path)
    return passed("the backup codes file can be written")
