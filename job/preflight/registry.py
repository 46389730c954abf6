"""The checks, in the order in which their exit codes count.  docs/preflight.md lists the same."""

from job.preflight.backup_codes_file import check_backup_codes_file
from job.preflight.check import Check
from job.preflight.clerk import check_clerk
from job.preflight.input_files import check_clerk_users, check_csv
from job.settings import Stage

WRITING = frozenset({Stage.MIGRATE})
PLANNING = frozenset({Stage.MIGRATE, Stage.VERIFY})

CHECKS = (
    Check("backup_codes_file", check_backup_codes_file, needed_by=WRITING),
    Check("csv", check_csv, needed_by=PLANNING),
    Check("clerk_users", check_clerk_users, needed_by=PLANNING),
    Check("clerk", check_clerk, needed_by=frozenset({Stage.EXPORT})),
)
