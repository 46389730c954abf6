"""What a check's own .sql file finds in the database's catalog, and how the operator is told of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Row

from job.core.errors import UnsuitableDatabaseError
from job.lobechat.session.sql import read_sql
from job.preflight.check import CheckResult, Preflight, passed


class Found(NamedTuple):
    """Something that is in the way: what it is, the statement that takes it away, and the one that brings it back."""

    what: str
    statement: str
    undo: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.statement};" + (f" afterwards: {self.undo};" if self.undo else "")


def find(preflight: Preflight, file: str, /, **values: Any) -> Sequence[Row[Any]]:
    """The rows of `file`.sql in this folder, read in one round trip."""
    with preflight.reading() as connection:
        return connection.execute(sa.text(read_sql(__file__, file)), values).all()


def refuse(found: Sequence[Found], *, kind: str) -> CheckResult:
    """Pass where nothing of this `kind` was found.  Raises UnsuitableDatabaseError (5), naming each with its statement.

    `kind` ends the sentences "no …" and "the database has …".
    """
    if not found:
        return passed(f"no {kind}")
    raise UnsuitableDatabaseError(
        f"the database has {kind}: {found[0].what}" + (f", and {len(found) - 1} more" if len(found) > 1 else ""),
        hint="take what is named out of the way for the time of the migration, with the statement beside it",
        details=tuple(map(str, found)),
    )
