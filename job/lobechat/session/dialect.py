"""SQLAlchemy's dialect of psycopg2, which asks the server nothing before the job does.

SQLAlchemy's own looks at the server in six round trips as the first connection is made.  libpq knows the version and
how strings are written from the handshake; the rest is about reflection, which the job does without.
"""

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import IsolationLevel

URL = "postgresql+handshake://"


class Dialect(PGDialect_psycopg2):
    """Knows of the server what the handshake told."""

    supports_statement_cache = True

    def _get_server_version_info(self, connection: Connection) -> tuple[int, ...]:
        version: int = _info(connection).server_version
        return divmod(version, 10_000)

    def _get_default_schema_name(self, _connection: Connection) -> str:
        return "public"

    def get_default_isolation_level(self, _dbapi_connection: Any) -> IsolationLevel:
        """PostgreSQL's own default; a transaction that needs another says so itself."""
        return "READ COMMITTED"

    def _set_backslash_escapes(self, connection: Connection) -> None:
        self._backslash_escapes = _info(connection).parameter_status("standard_conforming_strings") == "off"


def _info(connection: Connection) -> Any:
    raw: Any = connection.connection.dbapi_connection
    return raw.info


registry.register("postgresql.handshake", __name__, Dialect.__name__)
