"""Where a setting of the server was set, and the statement that takes it back there."""

from typing import NamedTuple

from job.preflight.check import Preflight

_BY_SOURCE = {
    "database": "ALTER DATABASE {database} RESET {name}",
    "user": "ALTER ROLE {role} RESET {name}",
    "database user": "ALTER ROLE {role} IN DATABASE {database} RESET {name}",
    "global": "ALTER ROLE ALL RESET {name}",
    "client": "take {name} out of the database URL's options and of PGOPTIONS",
}
_SERVER = "ALTER SYSTEM SET {name} = {value}; SELECT pg_reload_conf()"


class ServerSetting(NamedTuple):
    """A setting's value in this session, how to give it another, and whether the server is a replica."""

    value: str
    statement: str
    replica: bool


def read_setting(preflight: Preflight, name: str, *, wanted: str) -> ServerSetting:
    """One of the settings in server_settings.sql; `statement` makes it `wanted`, the default, for new connections."""
    row = preflight.server_settings[name]
    statement = _BY_SOURCE.get(row.source, _SERVER)
    words = statement.format(database=row.database, role=row.role, name=name, value=wanted)
    return ServerSetting(row.value, words, row.replica)
