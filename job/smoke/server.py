"""Is it LobeChat 2 that answers, and does its Better Auth work?"""

import re

from job.smoke.check import Visit, failed, failed_oddly, passed

FIRST_WITH_BETTER_AUTH = 2  # LobeChat 2.0
OK, SERVER_ERROR = 200, 500


async def check_version(visit: Visit) -> None:
    """LobeChat 2.0 or newer; earlier ones sign people in with Clerk or NextAuth."""
    name, answer = "version", await visit.api.get("/api/version")
    release = _read_release(answer.get("version")) if answer.status == OK else None
    if answer.leads_to or not answer.is_json:
        visit.tell(failed_oddly(name, "LobeChat does not say its version", answer))
    elif release is None:
        visit.tell(
            failed(
                name,
                f"LobeChat does not say its version ({answer.describe()}): an old one, or another program",
                hint="deploy LobeChat 2 (image lobehub/lobehub) at this address",
            )
        )
    elif release[0] < FIRST_WITH_BETTER_AUTH:
        visit.tell(
            failed(
                name,
                f"LobeChat {_join(release)} runs: before 2.0 it does not sign people in with Better Auth",
                hint="deploy LobeChat 2 (image lobehub/lobehub) on the migrated database",
            )
        )
    else:
        visit.release = release
        visit.tell(passed(name, f"LobeChat {_join(release)} runs"))


async def check_better_auth(visit: Visit) -> None:
    """Whether Better Auth answers at all."""
    name, answer = "better_auth", await visit.api.get("/api/auth/ok")
    if answer.get("ok") is True:
        visit.better_auth = True
        visit.tell(passed(name, "Better Auth answers"))
    elif answer.leads_to or not (answer.is_json or answer.status >= SERVER_ERROR):
        visit.tell(failed_oddly(name, "Better Auth does not answer, nobody can sign in", answer))
    else:
        visit.tell(
            failed(
                name,
                f"Better Auth does not answer, nobody can sign in: {answer.describe()}",
                hint="look at LobeChat's log; the usual reasons: AUTH_SECRET is missing; AUTH_SSO_PROVIDERS names a"
                " provider that LobeChat does not know, one twice, or one whose own variables are missing",
            )
        )


def _read_release(text: object) -> tuple[int, int, int] | None:
    match = re.match(r"v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})", text) if isinstance(text, str) else None
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _join(release: tuple[int, int, int]) -> str:
    return ".".join(str(part) for part in release)
