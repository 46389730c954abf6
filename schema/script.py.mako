"""LobeChat's migration ${message}.

Downgrades are not offered: LobeChat has none either.
"""

import sqlalchemy as sa
from alembic import op

from schema.types import not_offered

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


downgrade = not_offered
