"""The vocabulary of the revisions: types and columns that LobeChat's tables share."""

from typing import Any, NoReturn

import sqlalchemy as sa
from alembic.util import CommandError
from sqlalchemy.types import UserDefinedType

TIMESTAMPTZ = sa.DateTime(timezone=True)


class Vector(UserDefinedType[Any]):
    """pgvector's `vector(dimensions)`; what it belongs to is named `pgvector.` here, wherever the extension is."""

    cache_ok = True

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions

    def get_col_spec(self, **_: Any) -> str:
        """Return the type as PostgreSQL spells it."""
        return f"pgvector.vector({self.dimensions})"


def timestamp(name: str) -> sa.Column[Any]:
    """Return a column that holds when something happened to the row; now, unless told otherwise."""
    return sa.Column(name, TIMESTAMPTZ, server_default=sa.func.now(), nullable=False)


def timestamps(*names: str) -> list[sa.Column[Any]]:
    """Return one `timestamp` column for each name."""
    return [timestamp(name) for name in names]


def not_offered() -> NoReturn:
    """Stand in for every downgrade: LobeChat has none either."""
    raise CommandError("downgrades are not offered: restore the backup that was made before the upgrade")
