"""The operator's test user signs in for real, is who the database says, sees a list of conversations, and signs out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from job.core.errors import TemporaryError
from job.mapping.rows import SignIn
from job.smoke.check import Checked, Visit, failed, hint_for, odd, passed, skipped, warned
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


async def check_test_user(visit: Visit) -> AsyncIterator[Checked]:
    """Four checks; where the first does not pass, the others are skipped."""
    checked = await _sign_in(visit)
    yield checked
    if checked.result != "passed":
        for name in NAMES[1:]:
            yield skipped(name, "nobody is signed in")
        return
    try:
        seen = [await _check_session(visit), await _check_conversations(visit)]
    except BaseException:  # also where the run is stopped: no session stays open
        with suppress(TemporaryError, TimeoutError):
            async with asyncio.timeout(SIGN_OUT_SECONDS):
                await _sign_out(visit)
        raise
    for checked in (*seen, await _sign_out(visit)):
        yield checked


async def _sign_in(visit: Visit) -> Checked:
    name, user = "sign_in", visit.expected.test_user
    if visit.test_email is None or visit.test_password is None:
        return skipped(name, "no test user was given (CLERK_TO_BETTERAUTH_SMOKE_EMAIL and …_PASSWORD)")
    if user is None or user.sign_in not in MAY_SIGN_IN:
        why = "no user of the database has that address" if user is None else f"by the database: {user.sign_in}"
        return failed(
            name,
            f"the test user cannot sign in with a password ({why}), so LobeChat was not asked",
            hint="give the address and the password of a user whom the report counts among those with a password",
        )
    visit.api.forget_cookies()
    typed = {"email": visit.test_email, "password": visit.test_password}
    answer = await visit.api.post("/api/auth/sign-in/email", typed)
    if answer.status != OK:
        hint = WHY_NOT.get(answer.code) or hint_for(answer)
        return failed(name, f"the test user cannot sign in: {answer.describe()}", hint=hint)
    return _compare(name, _user_id(answer), user.id, "the test user signed in")


async def _check_session(visit: Visit) -> Checked:
    answer = await visit.api.get("/api/auth/get-session", disableCookieCache="true")
    user = visit.expected.test_user
    if answer.status != OK or not answer.is_json:
        return odd("session", "LobeChat does not tell who is signed in", answer)
    return _compare("session", _user_id(answer), user.id if user else "", "LobeChat knows who is signed in")


def _compare(name: str, found: str, expected: str, message: str) -> Checked:
    if found == expected:
        return passed(name, f"{message}: the user id is the database's")
    return failed(
        name,
        "nobody is signed in" if not found else "LobeChat takes the test user for somebody else than the database does",
        hint="check that browsers keep LobeChat's cookies at this address: https where APP_URL has https"
        if not found
        else "LobeChat is bound to another database than the job: compare its DATABASE_URL with the job's",
    )


async def _check_conversations(visit: Visit) -> Checked:
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
    return skipped(name, f"this LobeChat does not list conversations in the way that the job knows: {answer.describe()}")


def _count_conversations(answer: Answer) -> int | None:
    """How many; None where the answer is of another shape than tRPC's with superjson."""
    found = answer.body
    for part in ("result", "data", "json", "sessions"):
        found = found.get(part) if isinstance(found, dict) else None
    return len(found) if answer.status == OK and isinstance(found, list) else None


async def _sign_out(visit: Visit) -> Checked:
    name = "sign_out"
    answer = await visit.api.post("/api/auth/sign-out", {})
    after = await visit.api.get("/api/auth/get-session", disableCookieCache="true")
    visit.api.forget_cookies()
    if answer.get("success") is True and after.status == OK and after.is_json and not _user_id(after):
        return passed(name, "the session is ended")
    return warned(
        name,
        f"the test user's session may still be open: {answer.describe()}",
        hint=WHY_NOT.get(answer.code) or "it ends by itself; LobeChat's own log tells more",
    )


def _user_id(answer: Answer) -> str:
    user = answer.get("user")
    found = user.get("id") if isinstance(user, dict) else None
    return found if isinstance(found, str) else ""
