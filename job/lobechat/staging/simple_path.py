"""The simple path: every email that a sign-in would not find is put right; Clerk is not asked for anything."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.session.copy import copy_rows
from job.lobechat.session.session_tables import STAGED_COLUMNS
from job.mapping.emails import normalise_email

# The plain addresses need no second look; the odd ones are judged by the same rule as Clerk's.
ODD_EMAILS = sa.text("""
    SELECT u.id, u.email FROM users u LEFT JOIN left_users l ON l.id = u.id
    WHERE u.email !~ '^[a-z0-9.!#$%&''*+/=?^_`{|}~@-]+$' OR l.id IS NOT NULL""")


def stage_unmatchable_emails(connection: Connection) -> None:
    """Stage the users whose address is not trimmed and lower-case, and those whom an earlier run put right."""
    names = tuple(STAGED_COLUMNS["staged_users"])
    with connection.execute(ODD_EMAILS, execution_options={"yield_per": 2000}) as result:
        for rows in result.partitions():
            copy_rows(connection, "staged_users", (_staged(names, row.id, row.email) for row in rows))
    connection.execute(sa.text("ANALYZE staged_users"))


def _staged(names: tuple[str, ...], user_id: str, email: str | None) -> tuple[object, ...]:
    row: dict[str, object] = {"id": user_id, "email": normalise_email(email), "in_api": True, "in_csv": False}
    return tuple(row.get(name) for name in names)
