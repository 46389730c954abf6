"""The simple path: every email that a sign-in would not find is put right; Clerk is not asked for anything."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

STAGE_USERS = sa.text(Path(__file__).with_name("simple_path.sql").read_text(encoding="utf-8"))


def stage_unmatchable_emails(connection: Connection) -> None:
    """Fill `staged_users` from `staged_addresses`, within the database."""
    connection.execute(STAGE_USERS)
    connection.execute(sa.text("ANALYZE pg_temp.staged_users"))
