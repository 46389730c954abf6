"""The database's encoding."""

from job.core.errors import UnsuitableDatabaseError
from job.preflight.check import CheckResult, Preflight, passed
from job.preflight.server_setting import read_setting


def check_encoding(preflight: Preflight) -> CheckResult:
    """Refuse any but UTF8: names of Clerk's users do not fit into another."""
    encoding = read_setting(preflight, "server_encoding", wanted="UTF8").value
    if encoding == "UTF8":
        return passed("the database's encoding is UTF8")
    raise UnsuitableDatabaseError(
        f"the database's encoding is {encoding}, not UTF8: it cannot hold every name",
        hint="move LobeChat to a UTF8 database: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, then pg_dump of"
        " this one restored into it",
    )
