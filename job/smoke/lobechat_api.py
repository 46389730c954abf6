"""LobeChat's public endpoints, asked one after the other as a browser asks them, until there is an answer."""

import asyncio
import email.utils
import math
import re
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec
import stamina
import structlog

from job.core.errors import TemporaryError
from job.core.network import describe_failure, explain_failure, make_ssl_context
from job.smoke.pace import SignInPace

log = structlog.get_logger()

CONNECT_SECONDS = 5.0
REQUEST_SECONDS = 15.0  # for one request, to the last byte of its answer
PATIENCE_SECONDS = 120.0  # for one answer, however often it has to be asked for: a LobeChat that starts migrates first
LONGEST_WAIT_SECONDS = 60.0  # that LobeChat may ask for
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 5.0
LARGEST_ANSWER = 8 << 20  # bytes
PROXY_IN_TROUBLE = {502, 503, 504}  # what stands in front of LobeChat says that it does not run (yet)
VARIABLE = "CLERK_TO_BETTERAUTH_LOBECHAT_URL"


@dataclass(frozen=True)
class Answer:
    """What LobeChat said: the status, and the JSON of the body; `body` is None where `is_json` is false."""

    status: int
    body: Any
    is_json: bool
    leads_to: str = ""  # the origin that a redirect leads to

    @property
    def code(self) -> str:
        """Better Auth's error code, such as INVALID_EMAIL; empty where there is none."""
        code = str(self.get("code") or "")
        return code if re.fullmatch(r"[A-Z0-9_-]{1,80}", code) else ""

    @property
    def message(self) -> str:
        """Better Auth's error message.  Never to be shown: it may hold anything."""
        return str(self.get("message") or "")

    def get(self, name: str) -> Any:
        """One member of the body; None where the body is no object or has none of that name."""
        return self.body.get(name) if isinstance(self.body, dict) else None

    def describe(self) -> str:
        """The status and the code, which hold no person's data."""
        if self.leads_to:
            return f"a redirect to {self.leads_to}"
        kind = "" if self.is_json or self.status >= httpx.codes.INTERNAL_SERVER_ERROR else ", a page in place of JSON"
        return f"status {self.status}{f' {self.code}' if self.code else ''}{kind}"


def origin_of(url: str | httpx.URL) -> str:
    """Scheme, host and port as browsers have them: no default port, a small ASCII host.  Raises httpx.InvalidURL."""
    parts = httpx.URL(url)
    return f"{parts.scheme}://{parts.netloc.decode()}"


class _NoAnswerError(Exception):
    """No answer this time.  `wait` is how many seconds LobeChat asks to wait, None where it does not say."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.wait = reason, wait


class LobeChatApi:
    """Use as an asynchronous context manager.

    Redirects are not followed.  Raises TemporaryError where LobeChat gives no answer, SettingsError where a certificate
    or a proxy setting cannot work.
    """

    def __init__(self, url: str) -> None:
        self.origin = origin_of(url)
        self.host = self.origin.partition("://")[2]
        self.requests = 0
        self._pace = SignInPace()
        self._client = httpx.AsyncClient(
            base_url=url,
            verify=make_ssl_context(),
            headers={
                "Origin": self.origin,
                "Accept": "application/json",
            },  # with a cookie Better Auth asks for the origin
            timeout=httpx.Timeout(REQUEST_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self._client.aclose()

    def forget_cookies(self) -> None:
        """Be a browser that was never here."""
        self._client.cookies.clear()

    async def get(self, path: str, **query: str) -> Answer:
        """GET `path`."""
        return await self._ask("GET", path, query, None)

    async def post(self, path: str, body: dict[str, Any]) -> Answer:
        """POST JSON to `path`."""
        return await self._ask("POST", path, {}, body)

    async def _ask(self, method: str, path: str, query: dict[str, str], body: dict[str, Any] | None) -> Answer:
        """Ask until there is an answer.  Raises TemporaryError, or SettingsError for a certificate or a proxy."""
        retrying = stamina.retry_context(
            on=_pause,
            attempts=None,
            timeout=PATIENCE_SECONDS,
            wait_initial=FIRST_PAUSE_SECONDS,
            wait_max=LONGEST_PAUSE_SECONDS,
            wait_jitter=FIRST_PAUSE_SECONDS,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    try:
                        return await self._ask_once(method, path, query, body)
                    except _NoAnswerError as exc:
                        log.warning(
                            "lobechat.unreachable", host=self.host, path=path, attempt=attempt.num, reason=exc.reason,
                            wait_seconds=exc.wait,
                        )  # fmt: skip
                        raise
        except _NoAnswerError as exc:
            raise TemporaryError(
                f"LobeChat at {self.host} does not answer at {path}: {exc.reason}",
                hint=f"make sure that LobeChat runs and that {VARIABLE} is its address from here; then run again",
            ) from None
        raise AssertionError("unreachable")

    async def _ask_once(self, method: str, path: str, query: dict[str, str], body: dict[str, Any] | None) -> Answer:
        is_sign_in = path.startswith("/api/auth/sign-in")
        if is_sign_in:
            await self._pace.turn()
        self.requests += 1
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                response, content = await self._send(method, path, query, body)
        except TimeoutError:
            raise _NoAnswerError(f"no complete answer in {REQUEST_SECONDS:g} seconds") from None
        except httpx.HTTPError as exc:
            if (error := explain_failure(exc, self._client.base_url)) is not None:
                raise error from None
            raise _NoAnswerError(describe_failure(exc, self._client.base_url)) from None
        finally:
            if is_sign_in:
                self._pace.answered()
        status = response.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS or status in PROXY_IN_TROUBLE:
            wait = _asked_wait(response.headers, status)
            asks = f", it asks to wait {wait:.0f} seconds" if wait is not None else ""
            raise _NoAnswerError(f"status {status}{asks}", wait)
        return _read(response, content)

    async def _send(
        self, method: str, path: str, query: dict[str, str], body: dict[str, Any] | None
    ) -> tuple[httpx.Response, bytes]:
        """One request; of its answer no more than LARGEST_ANSWER bytes."""
        async with self._client.stream(method, path, params=query, json=body) as response:
            content = bytearray()
            async for block in response.aiter_bytes():
                content += block
                if len(content) > LARGEST_ANSWER:
                    break
            return response, bytes(content)


def _pause(error: Exception) -> bool | float:
    """Whether to ask again (stamina's hook): after the wait that LobeChat asks for, or the usual one."""
    if not isinstance(error, _NoAnswerError) or (error.wait or 0) > LONGEST_WAIT_SECONDS:
        return False
    return True if error.wait is None else error.wait


def _read(response: httpx.Response, content: bytes) -> Answer:
    leads_to = ""
    if response.has_redirect_location:
        leads_to = origin_of(response.url.join(response.headers["Location"]))
    try:
        return Answer(response.status_code, msgspec.json.decode(content), is_json=True, leads_to=leads_to)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Answer(response.status_code, None, is_json=False, leads_to=leads_to)


def _asked_wait(headers: httpx.Headers, status: int) -> float | None:
    """The seconds of Better Auth's X-Retry-After or of Retry-After, which may also be a date; for 429 at least one."""
    text = headers.get("X-Retry-After") or headers.get("Retry-After") or ""
    if re.fullmatch(r"\d{1,9}", text):
        return max(1.0, float(text))
    try:
        return max(1.0, math.ceil(email.utils.parsedate_to_datetime(text).timestamp() - time.time()))
    except ValueError:
        return 1.0 if status == httpx.codes.TOO_MANY_REQUESTS else None
