"""Do key, files and database belong to one Clerk instance?  Else a dry run would go through, with strangers alone.

Asked twice: of a sample before anything is done that cannot be undone, and of everybody once the plan is made.
"""

from collections.abc import Sequence

from job.clerk.api.question import IDS_AT_ONCE, find_known_ids
from job.clerk.files.users_file import read_users
from job.core.errors import InputError
from job.preflight.catalog import find
from job.preflight.check import HURRY_SECONDS, CheckResult, Preflight, passed, skipped
from job.settings import PREFIX, Settings, Stage

NEEDED = {"clerk", "clerk_users", "schema"}
MARGIN_PERCENT = 20  # four standard errors of a share among a hundred


def check_clerk_instance(preflight: Preflight) -> CheckResult:
    """Look a hundred of LobeChat's users up at Clerk, or in clerk_users.json where nothing is exported."""
    settings = preflight.settings
    if settings.path == "simple" or (settings.clerk_secret_key is None and not preflight.needed):
        return skipped("no Clerk key is given")
    if not preflight.failing.isdisjoint(NEEDED):
        return skipped("an earlier check failed, which this one depends on")
    ids = [row.id for row in find(preflight, "clerk_instance", number=IDS_AT_ONCE)]
    preflight.end_reading()  # Clerk may keep us waiting, or the file be long
    margin = MARGIN_PERCENT if len(ids) == IDS_AT_ONCE else 0
    enough = len(ids) * (settings.min_known_percent - margin) / 100
    known = _count_known(preflight, ids, enough) if ids else 0
    return _judge(settings, known, len(ids), enough, whose=f"a sample of {len(ids)} users")


def check_known_users(preflight: Preflight) -> CheckResult:
    """Count whom of LobeChat's users from Clerk the staged ones hold."""
    settings = preflight.settings
    if settings.path == "simple":
        return skipped("the simple path does not use Clerk")
    (row,) = find(preflight, "known_users")
    enough = row.total * settings.min_known_percent / 100
    return _judge(settings, row.known, row.total, enough, whose=f"the {row.total} users")


def _count_known(preflight: Preflight, ids: Sequence[str], enough: float) -> int:
    """How many of the users Clerk knows; in a file no more are sought once there are `enough`."""
    settings = preflight.settings
    exporting = Stage.EXPORT in settings.stages
    if exporting or not preflight.needed:
        return len(find_known_ids(preflight.context, ids, seconds=None if exporting else HURRY_SECONDS))
    wanted, known = set(ids), 0
    for user in read_users(settings.json_file):
        known += user.id in wanted
        if known >= enough:
            break
    return known


def _judge(settings: Settings, known: int, total: int, enough: float, *, whose: str) -> CheckResult:
    """Raise InputError where fewer than `enough` are known."""
    if not total:
        return passed("no user of LobeChat's came from Clerk")
    if known >= enough:
        return passed(f"of {whose} that came from Clerk, Clerk knows at least {known}")
    percent = 100 * known // total
    raise InputError(
        f"of {whose} that came from Clerk, Clerk knows {known} ({percent} %): the key, the CSV or the database belongs"
        " to another instance",
        hint=f"make sure that key, files and database URL belong to one instance (mode {settings.mode}); where so many"
        f" users were deleted at Clerk, set {PREFIX}MIN_KNOWN_PERCENT to {percent} or less",
    )
