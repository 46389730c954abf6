"""The new backup codes, for the operator to hand to their users: the only file with a secret that the job writes."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import Connection

from job.core.errors import InputError
from job.core.files import FileAside, make_folder
from job.lobechat.session.sql import read_sql, stream_rows

CODES = read_sql(__file__, "backup_codes")


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
            for user_id, codes in stream_rows(connection, CODES):
                writer.writerow((user_id, codes))
                users += 1
    return users
