"""Does Clerk answer, and take the key?  One request."""

from job.clerk.api.question import count_users
from job.preflight.check import HURRY_SECONDS, CheckResult, Preflight, passed, skipped


def check_clerk(preflight: Preflight) -> CheckResult:
    """Ask Clerk for the number of its users."""
    if preflight.settings.clerk_secret_key is None or preflight.settings.path == "simple":
        return skipped("no Clerk key is given")
    users = count_users(preflight.context, seconds=None if preflight.needed else HURRY_SECONDS)
    return passed(f"Clerk answers and has {users} users")
