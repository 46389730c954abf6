"""The new backup codes, for the operator to hand to their users: the only file with a secret that the job writes."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.core.errors import InputError
from job.core.files import FileAside, make_folder

# Only of users whose row is, or will be, the one that these codes open.
CODES = sa.text("""
    SELECT s.user_id, s.codes FROM staged_two_factor s JOIN plan_two_factor p USING (id)
    LEFT JOIN two_factor held ON held.id = p.held_id
    WHERE s.codes IS NOT NULL AND (p.action IN ('insert', 'update')
        OR p.action = 'unchanged' AND held.secret = s.secret AND held.backup_codes = s.backup_codes)
    ORDER BY s.user_id""")


def check_writable(path: Path) -> None:
    """Raise InputError where the file could not be written."""
    with _writing():
        make_folder(path.parent)
        FileAside(path).discard()


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise InputError(
            f"the backup codes file cannot be written ({exc.strerror})",
            hint="let CLERK_TO_BETTERAUTH_BACKUP_CODES_FILE name a file in a folder that the job may write to",
        ) from None


def write_backup_codes(connection: Connection, path: Path) -> int:
    """Write user id and codes as CSV, mode 0600; returns the number of users.

    It is written before the rows are: the codes follow from AUTH_SECRET, so a run that is killed in between and
    started again writes the same file.
    """
    users = 0
    with _writing():
        make_folder(path.parent)
        with FileAside(path, text=True) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("user_id", "backup_codes"))
            for user_id, codes in connection.execute(CODES, execution_options={"yield_per": 2000}):
                writer.writerow((user_id, codes))
                users += 1
    return users
