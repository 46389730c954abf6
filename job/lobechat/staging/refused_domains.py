"""The domains whose addresses the next LobeChat refuses, for the statements that judge who can sign in."""

from sqlalchemy.engine import Connection

from job.lobechat.session.copy import copy_stream
from job.lobechat.session.copy_text import format_rows
from job.mapping.refused_addresses import refused_domains


def stage_refused_domains(connection: Connection) -> None:
    """Fill `refused_domains` (domain), about 56,000 rows or 1 MB, in one round trip."""
    copy_stream(connection, "refused_domains", ("domain",), [format_rows((domain,) for domain in refused_domains())])
