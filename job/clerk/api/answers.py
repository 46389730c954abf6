"""What Clerk's answers mean: the users, or which error, and whether to ask again."""

import email.utils
import re
import time

import httpx
import msgspec

from job.core.errors import ClerkKeyError, JobError, SettingsError


class AskAgainError(Exception):
    """A failure that may pass.  `retry_after` is the wait that Clerk asks for, in seconds."""

    def __init__(self, meaning: str, retry_after: float | None = None) -> None:
        super().__init__(meaning)
        self.meaning = meaning
        self.retry_after = retry_after


class CursorRefusedError(Exception):
    """The user whose id was the cursor is gone."""


class _Error(msgspec.Struct):
    code: str = ""


class _Errors(msgspec.Struct):
    errors: list[_Error] = []
    clerk_trace_id: str = ""


def check(response: httpx.Response, *, has_cursor: bool) -> None:
    """Return where the answer is 200, else raise what its status means."""
    status = response.status_code
    if status == httpx.codes.OK:
        return
    what = _describe(response)
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise ClerkKeyError(
            f"Clerk refused the secret key: {what}",
            hint="give a secret key of this instance that is in force (Clerk's dashboard, API Keys)",
        )
    if has_cursor and status in {httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY}:
        raise CursorRefusedError
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise AskAgainError(what, _retry_after(response))
    if response.is_server_error or status == httpx.codes.REQUEST_TIMEOUT:
        raise AskAgainError(what, _retry_after(response) if "Retry-After" in response.headers else None)
    if status == httpx.codes.NOT_FOUND or response.is_redirect:
        raise SettingsError(f"CLERK_API_URL is not Clerk's Backend API: {what}", hint="leave it out, or correct it")
    raise JobError(f"Clerk did not accept the request: {what}", hint="show this line to the job's maintainers")


def _describe(response: httpx.Response) -> str:
    """The status, and of Clerk's own words the error codes and the trace id, which hold no person's data."""
    try:
        body = msgspec.json.decode(response.content, type=_Errors)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return f"status {response.status_code}"
    codes = [one.code for one in body.errors if re.fullmatch(r"[a-z0-9_]{1,80}", one.code)]
    trace = body.clerk_trace_id if re.fullmatch(r"[A-Za-z0-9_-]{1,80}", body.clerk_trace_id) else ""
    return ", ".join([f"status {response.status_code}", *codes, *([f"clerk_trace_id {trace}"] if trace else [])])


def _retry_after(response: httpx.Response) -> float:
    """Seconds, given as such or as a date; one second where the header cannot be read."""
    text = response.headers.get("Retry-After", "")
    if re.fullmatch(r"\d{1,6}", text):
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return 1.0
