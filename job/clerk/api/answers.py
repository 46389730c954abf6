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


def check(response: httpx.Response, body: bytes, *, has_cursor: bool) -> None:
    """Return where the answer is 200, else raise what its status means."""
    status = response.status_code
    if status == httpx.codes.OK:
        return
    errors = _decode_errors(body)
    what = _describe(status, errors)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise AskAgainError(what, _retry_after(response))
    if response.is_server_error or status == httpx.codes.REQUEST_TIMEOUT:
        raise AskAgainError(what, _retry_after(response) if "Retry-After" in response.headers else None)
    if errors is None:
        raise _not_of_clerk(response, what)
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise ClerkKeyError(
            f"Clerk refused the secret key: {what}",
            hint="give a valid secret key of this instance (Clerk's dashboard, API Keys)",
        )
    if status == httpx.codes.PAYMENT_REQUIRED:
        raise ClerkKeyError(
            f"Clerk refused the request: {what}",
            hint="check the instance's plan and payment (Clerk's dashboard, Billing)",
        )
    if has_cursor and status in {httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY}:
        raise CursorRefusedError
    if status == httpx.codes.NOT_FOUND:
        raise _not_of_clerk(response, what)
    raise JobError(f"Clerk did not accept the request: {what}", hint="report this line to the job's maintainers")


def _not_of_clerk(response: httpx.Response, what: str) -> SettingsError:
    """What stands at CLERK_API_URL, or a proxy on the way, answered in Clerk's place."""
    if response.is_redirect or response.status_code == httpx.codes.NOT_FOUND:
        return SettingsError(f"CLERK_API_URL is not Clerk's Backend API: {what}", hint="leave it out, or correct it")
    return SettingsError(
        f"{response.url.host} answered with {what}, but not as Clerk does: a proxy or firewall refused the request",
        hint="let the job reach Clerk's Backend API: check HTTPS_PROXY, NO_PROXY and CLERK_API_URL",
    )


def _decode_errors(body: bytes) -> _Errors | None:
    """Clerk's errors; None where the answer has none in Clerk's shape."""
    try:
        errors = msgspec.json.decode(body, type=_Errors)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return errors if errors.errors else None


def _describe(status: int, errors: _Errors | None) -> str:
    """The status, and of Clerk's own words the error codes and the trace id, which hold no person's data."""
    if errors is None:
        return f"status {status}"
    codes = [one.code for one in errors.errors if re.fullmatch(r"[a-z0-9_]{1,80}", one.code)]
    trace = errors.clerk_trace_id if re.fullmatch(r"[A-Za-z0-9_-]{1,80}", errors.clerk_trace_id) else ""
    return ", ".join([f"status {status}", *codes, *([f"clerk_trace_id {trace}"] if trace else [])])


def _retry_after(response: httpx.Response) -> float:
    """Seconds, given as such or as a date; one second where the header cannot be read."""
    text = response.headers.get("Retry-After", "")
    if re.fullmatch(r"\d{1,6}", text):
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return 1.0
