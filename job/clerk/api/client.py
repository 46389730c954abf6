"""Clerk's Backend API 2025-04-10: pages of users and their number, asked for until there is a good answer."""

import asyncio
import time
from types import TracebackType
from typing import Self, TypeVar

import httpx
import msgspec
import stamina
import structlog

from job.clerk.api.answers import AskAgainError, check
from job.clerk.api.rate_limit import RateLimit
from job.clerk.files.manifest import API_VERSION
from job.clerk.models import ClerkUser
from job.core.errors import InputError, TemporaryError
from job.core.network import describe_failure, explain_failure, make_ssl_context
from job.settings import Settings

log = structlog.get_logger()

T = TypeVar("T")
Query = dict[str, str | int | list[str]]  # a list gives its name once for each of its values

PAGE = 500  # the most that Clerk gives
REQUEST_SECONDS = 60.0  # for one request from its turn to its last byte
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 20.0
LONGEST_PAUSE_SECONDS = 300.0
LARGEST_ANSWER = 32 << 20  # 64 KiB for each user of a page, of which Clerk gives to metadata at most 24


class _Count(msgspec.Struct):
    total_count: int


_decode_users = msgspec.json.Decoder(list[ClerkUser])
_decode_count = msgspec.json.Decoder(_Count)


class ClerkApi:
    """Use as an asynchronous context manager.  Raises ClerkKeyError, SettingsError or TemporaryError."""

    def __init__(self, settings: Settings) -> None:
        key = settings.clerk_secret_key.get_secret_value() if settings.clerk_secret_key else ""
        workers = settings.export_concurrency
        self.requests = 0
        self._retries = settings.export_retries
        self._limit = RateLimit(key)
        self._url = httpx.URL(settings.clerk_api_url)
        self._client = httpx.AsyncClient(
            base_url=settings.clerk_api_url,
            verify=make_ssl_context(),
            headers={"Authorization": f"Bearer {key}", "Clerk-API-Version": API_VERSION},
            timeout=httpx.Timeout(30, connect=10, pool=None),
            limits=httpx.Limits(max_connections=workers, max_keepalive_connections=workers),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def page(self, **query: str | int | list[str]) -> tuple[list[ClerkUser], int]:
        """The users that the query asks for, and when Clerk answered (milliseconds since 1970).

        Raises CursorRefusedError where the user `starting_after` is gone.
        """
        users = await self._get("/users", query, _decode_users)
        return users, time.time_ns() // 1_000_000

    async def count(self) -> int:
        """How many users there are."""
        return (await self._get("/users/count", {}, _decode_count)).total_count

    async def _get(self, path: str, query: Query, decoder: msgspec.json.Decoder[T]) -> T:
        attempts = self._retries + 1
        try:
            async for attempt in stamina.retry_context(
                on=AskAgainError,
                attempts=attempts,
                timeout=None,  # the stage has its own
                wait_initial=FIRST_WAIT_SECONDS,
                wait_max=LONGEST_WAIT_SECONDS,
            ):
                with attempt:
                    return await self._ask(path, query, decoder, attempt.num)
        except AskAgainError as exc:
            raise TemporaryError(
                f"all {attempts} attempts to get {path} from Clerk failed: {exc.meaning}",
                hint="run again later: the export goes on where it stopped",
            ) from None
        raise AssertionError("unreachable")

    async def _ask(self, path: str, query: Query, decoder: msgspec.json.Decoder[T], attempt: int) -> T:
        await self._limit.turn()
        self.requests += 1
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                body = await self._fetch(path, query)
            return _decode(body, decoder)
        except TimeoutError:
            error = AskAgainError("no complete answer in time")
        except httpx.HTTPError as exc:
            if final := explain_failure(exc, self._url):
                raise final from None
            error = AskAgainError(describe_failure(exc, self._url))
        except AskAgainError as exc:
            error = exc
        self._wait(error, attempt)
        raise error from None

    async def _fetch(self, path: str, query: Query) -> bytes:
        """The body of a good answer; no more than a bounded part of any answer is held."""
        async with self._client.stream("GET", path, params=query) as response:
            body = bytearray()
            async for block in response.aiter_bytes():
                body += block
                if len(body) > LARGEST_ANSWER:
                    raise InputError(
                        f"{self._url.host} answered with more than {LARGEST_ANSWER >> 20} MiB",
                        hint="make sure that CLERK_API_URL and the proxy, if any, lead to Clerk's Backend API",
                    )
        check(response, bytes(body), has_cursor="starting_after" in query)
        return bytes(body)

    def _wait(self, error: AskAgainError, attempt: int) -> None:
        """Tell of a failed attempt, and pause where Clerk asks for it."""
        if error.retry_after is None:
            log.warning("clerk.unreachable", host=self._url.host, attempt=attempt, reason=error.meaning)
            return
        if error.retry_after > LONGEST_PAUSE_SECONDS:
            raise TemporaryError(
                f"Clerk asks the job to wait {error.retry_after:.0f} seconds", hint="run again after that time"
            )
        log.warning("export.paused", reason=error.meaning, seconds=error.retry_after)
        self._limit.pause(error.retry_after)


def _decode(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as exc:
        if "`$[" in str(exc):
            raise InputError(
                f"Clerk's answer has an unknown shape: {exc}", hint="use a newer version of the job"
            ) from None
        raise AskAgainError("the answer is not what was asked for") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise AskAgainError("the answer is not JSON") from None
