"""The domains whose addresses the next LobeChat refuses, for the statements that judge who can sign in."""

from sqlalchemy.engine import Connection

from job.lobechat.session.copy import copy_stream
from job.mapping.refused_addresses import refused_domains


def stage_refused_domains(connection: Connection) -> None:
    """Fill `refused_domains` (domain), about 56,000 rows or 1 MB, in one round trip."""
    rows = "\n".join(refused_domains())  # nothing in a domain is to be escaped
    copy_stream(connection, "refused_domains", ("domain",), [f"{rows}\n".encode()])
