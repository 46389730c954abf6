"""What the job's role must be allowed to do before migrate can write."""

from job.core.errors import NotLobeChatError
from job.preflight.catalog import Found, find
from job.preflight.check import CheckResult, Preflight, passed


def check_privileges(preflight: Preflight) -> CheckResult:
    """Name every privilege that is missing, with its GRANT."""
    missing = [
        Found(f"the role may not {row.name}", row.statement)
        for row in find(preflight, "privileges", relink=preflight.settings.relink)
    ]
    if not missing:
        return passed("the role has every privilege that migrate needs")
    raise NotLobeChatError(
        f"the role lacks {len(missing)} of the privileges that migrate needs",
        hint="run the GRANTs named as the database's owner; docs/least-privilege.md has them all",
        details=tuple(map(str, missing)),
    )
