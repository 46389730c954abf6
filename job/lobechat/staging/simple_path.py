"""The simple path: every email that a sign-in would not find is put right; Clerk is not asked for anything."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.session.sql import read_sql

STAGE_USERS = sa.text(read_sql(__file__, "simple_path"))


def stage_unmatchable_emails(connection: Connection) -> None:
    """Fill `staged_users` from `staged_addresses`, within the database."""
    connection.execute(STAGE_USERS)
    connection.execute(sa.text("ANALYZE pg_temp.staged_users"))
