"""Who was shut out at Clerk stays shut out; a lock that ends, ends."""

from typing import NamedTuple

from job.clerk.models import ClerkUser
from job.mapping.texts import MAX_TIME_MS


class Ban(NamedTuple):
    """The ban of one user in Better Auth's terms."""

    banned: bool
    reason: str | None
    expires_ms: int | None  # None with banned: for good
    shut_out: bool  # for good


NOT_BANNED = Ban(banned=False, reason=None, expires_ms=None, shut_out=False)
BANNED = Ban(banned=True, reason="Banned at Clerk", expires_ms=None, shut_out=True)
DEPROVISIONED = Ban(banned=True, reason="Deprovisioned at Clerk", expires_ms=None, shut_out=True)
LOCKED_FOR_GOOD = Ban(banned=True, reason="Locked at Clerk", expires_ms=None, shut_out=True)


def judge_ban(api: ClerkUser, exported_at_ms: int) -> Ban:
    """The hardest of what Clerk holds against the user.

    A lock without an end is for good, and so is one whose end lies past the year 9999; one that had ended when the
    users were exported has no effect.
    """
    if api.banned:
        return BANNED
    if api.deprovisioned:
        return DEPROVISIONED
    return _judge_lock(api, exported_at_ms) if api.locked else NOT_BANNED


def _judge_lock(api: ClerkUser, exported_at_ms: int) -> Ban:
    end = api.lockout_expires_at
    if end is None and api.lockout_expires_in_seconds is not None:
        end = exported_at_ms + api.lockout_expires_in_seconds * 1000
    if end is None or end > MAX_TIME_MS:
        return LOCKED_FOR_GOOD
    if end <= exported_at_ms:
        return NOT_BANNED
    return Ban(banned=True, reason="Locked at Clerk", expires_ms=end, shut_out=False)
