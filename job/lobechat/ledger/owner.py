"""The ledger's owner: the schema clerk_to_betterauth and all in it must belong to the job's own role."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.core.errors import UnsuitableDatabaseError
from job.lobechat.session.sql import read_sql

FOREIGN = sa.text(read_sql(__file__, "owner"))


def refuse_foreign_ledger(connection: Connection) -> None:
    """Raise UnsuitableDatabaseError where another role could have the job carry out its code, as with a trigger."""
    found = connection.execute(FOREIGN).all()
    if found:
        raise UnsuitableDatabaseError(
            f"the ledger belongs to another role: {found[0].what}",
            hint="run as that role; or, if an earlier run of the job made it, run the statements named as a superuser",
            details=tuple(f"{row.what}: {row.statement};" for row in found),
        )
