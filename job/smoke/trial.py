"""The operator's test user signs in for real, is who the database says, sees a list of conversations, and signs out."""

import asyncio
from contextlib import suppress

from job.core.errors import TemporaryError
from job.mapping.rows import SignIn
from job.report.model import NamedCheck
from job.smoke.check import Visit, failed, failed_oddly, hint_for, passed, skipped, warning
from job.smoke.expected import TrialUser
from job.smoke.lobechat_api import Answer

OK, SERVER_ERROR = 200, 500
# The list that LobeChat's page asks for at first; read off LobeChat 2.0.6, and gone one day.
CONVERSATIONS = "/trpc/lambda/session.getGroupedSessions"
SIGN_OUT_SECONDS = 4.0  # when the run is stopped
NAMES = ("sign_in", "session", "conversations", "sign_out")
MAY_SIGN_IN = {SignIn.PASSWORD, SignIn.PASSWORD_OR_SSO}
WHY_NOT = {
    "INVALID_EMAIL_OR_PASSWORD": "check CLERK_TO_BETTERAUTH_SMOKE_PASSWORD; if it is right, LobeChat is bound to"
    " another database than the job",
    "INVALID_EMAIL": "this release of LobeChat refuses the domain of that address; take a test user at another",
    "BANNED_USER": "lift the ban, or take another test user",
    "EMAIL_NOT_VERIFIED": "LobeChat runs with AUTH_EMAIL_VERIFICATION=1: give the job the same, and take a test user"
    " whose address is verified",
    "INVALID_ORIGIN": "set LobeChat's APP_URL to CLERK_TO_BETTERAUTH_LOBECHAT_URL",
}


async def check_test_user(visit: Visit) -> None:
    """Four checks; where nobody came in, the last three are skipped."""
    name, user = NAMES[0], visit.expected.test_user
    if visit.test_email is None or visit.test_password is None:
        visit.tell(skipped(name, "no test user was given (CLERK_TO_BETTERAUTH_SMOKE_EMAIL and …_PASSWORD)"))
        return
    if user is None or user.sign_in not in MAY_SIGN_IN:
        visit.tell(_refuse_test_user(user))
        return
    visit.api.forget_cookies()
    typed = {"email": visit.test_email, "password": visit.test_password}
    answer = await visit.api.post("/api/auth/sign-in/email", typed)
    if answer.status != OK:
        hint = WHY_NOT.get(answer.code) or hint_for(answer)
        visit.tell(failed(name, f"the test user cannot sign in: {answer.describe()}", hint=hint))
    elif answer.get("twoFactorRedirect"):
        visit.tell(skipped(name, "the password is right, and LobeChat asks for a second factor"))
    else:
        visit.tell(_compare(name, _user_id(answer), user.id, "the test user signed in"))
        await _look_around(visit, user.id)
        return
    for other in NAMES[1:]:
        visit.tell(skipped(other, "nobody is signed in"))


def _refuse_test_user(user: TrialUser | None) -> NamedCheck:
    """Asking would be a wrong password of a real user, or of nobody."""
    why = "no user of the database has that address" if user is None else f"in the database: {user.sign_in}"
    return failed(
        NAMES[0],
        f"the test user cannot sign in with a password ({why}), so LobeChat was not asked",
        hint="give address and password of a user of yours who signs in with a password",
    )


async def _look_around(visit: Visit, user_id: str) -> None:
    """What a person sees who is signed in; the session is ended, also where the run is stopped."""
    try:
        visit.tell(await _check_session(visit, user_id))
        visit.tell(await _check_conversations(visit))
    except BaseException:
        with suppress(TemporaryError, TimeoutError):
            async with asyncio.timeout(SIGN_OUT_SECONDS):
                await _sign_out(visit)
        raise
    visit.tell(await _sign_out(visit))


async def _check_session(visit: Visit, user_id: str) -> NamedCheck:
    answer = await visit.api.get("/api/auth/get-session", disableCookieCache="true")
    if answer.status != OK or not answer.is_json:
        return failed_oddly("session", "LobeChat does not tell who is signed in", answer)
    return _compare("session", _user_id(answer), user_id, "LobeChat knows who is signed in")


def _compare(name: str, found: str, expected: str, message: str) -> NamedCheck:
    if found == expected:
        return passed(name, f"{message}: the user id is the database's")
    return failed(
        name,
        "nobody is signed in" if not found else "LobeChat takes the test user for somebody else than the database does",
        hint="check that browsers keep LobeChat's cookies at this address: https where APP_URL has https"
        if not found
        else "LobeChat is bound to another database than the job: compare its DATABASE_URL with the job's",
    )


async def _check_conversations(visit: Visit) -> NamedCheck:
    name, answer = "conversations", await visit.api.get(CONVERSATIONS)
    number = _count_conversations(answer)
    if number is not None:
        return passed(name, f"LobeChat lists {number} of the test user's conversations")
    if answer.status >= SERVER_ERROR:
        return failed(
            name,
            f"signed in, but LobeChat fails at the first request after it: {answer.describe()}",
            hint="look at LobeChat's log; the usual reason: S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID or"
            " S3_SECRET_ACCESS_KEY is missing",
        )
    return skipped(
        name, f"this LobeChat does not list conversations in the way that the job knows: {answer.describe()}"
    )


def _count_conversations(answer: Answer) -> int | None:
    """How many; None where the answer is of another shape than tRPC's with superjson."""
    found = answer.body
    for part in ("result", "data", "json", "sessions"):
        found = found.get(part) if isinstance(found, dict) else None
    return len(found) if answer.status == OK and isinstance(found, list) else None


async def _sign_out(visit: Visit) -> NamedCheck:
    name = "sign_out"
    answer = await visit.api.post("/api/auth/sign-out", {})
    after = await visit.api.get("/api/auth/get-session", disableCookieCache="true")
    visit.api.forget_cookies()
    if answer.get("success") is True and after.status == OK and after.is_json and not _user_id(after):
        return passed(name, "the session is ended")
    return warning(
        name,
        f"the test user's session may still be open: {answer.describe()}",
        hint=WHY_NOT.get(answer.code) or "it expires by itself; LobeChat's log has more",
    )


def _user_id(answer: Answer) -> str:
    user = answer.get("user")
    found = user.get("id") if isinstance(user, dict) else None
    return found if isinstance(found, str) else ""
