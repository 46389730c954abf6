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
from job.settings import Settings

log = structlog.get_logger()

T = TypeVar("T")

PAGE = 500  # the most that Clerk gives
REQUEST_SECONDS = 60.0  # for one request from its turn to its last byte
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 20.0
LONGEST_PAUSE_SECONDS = 300.0


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
        self._client = httpx.AsyncClient(
            base_url=settings.clerk_api_url,
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

    async def page(self, **query: str | int) -> tuple[list[ClerkUser], int]:
        """The users that the query asks for, and when Clerk answered (milliseconds since 1970).

        Raises CursorRefusedError where the user `starting_after` is gone.
        """
        users = await self._get("/users", query, _decode_users)
        return users, time.time_ns() // 1_000_000

    async def count(self) -> int:
        """How many users there are."""
        return (await self._get("/users/count", {}, _decode_count)).total_count

    async def _get(self, path: str, query: dict[str, str | int], decoder: msgspec.json.Decoder[T]) -> T:
        try:
            async for attempt in stamina.retry_context(
                on=AskAgainError,
                attempts=self._retries + 1,
                timeout=None,  # the stage has its own
                wait_initial=FIRST_WAIT_SECONDS,
                wait_max=LONGEST_WAIT_SECONDS,
            ):
                with attempt:
                    try:
                        return await self._ask(path, query, decoder)
                    except AskAgainError as exc:
                        host = self._client.base_url.host
                        log.warning("clerk.unreachable", host=host, attempt=attempt.num, reason=exc.meaning)
                        raise
        except AskAgainError as exc:
            raise TemporaryError(
                f"Clerk gave no good answer to {self._retries + 1} requests for {path}: {exc.meaning}",
                hint="run again later: the export goes on where it was",
            ) from None
        raise AssertionError("unreachable")

    async def _ask(self, path: str, query: dict[str, str | int], decoder: msgspec.json.Decoder[T]) -> T:
        await self._limit.turn()
        self.requests += 1
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                response = await self._client.get(path, params=query)
            check(response, has_cursor="starting_after" in query)
            return decoder.decode(response.content)
        except TimeoutError:
            raise AskAgainError("no complete answer in time") from None
        except httpx.HTTPError as exc:
            raise AskAgainError(type(exc).__name__) from None
        except msgspec.ValidationError as exc:
            if "`$[" in str(exc):
                raise InputError(f"Clerk's answer has an unknown shape: {exc}", hint="look for a newer job") from None
            raise AskAgainError("the answer is not what was asked for") from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise AskAgainError("the answer is not JSON") from None
        except AskAgainError as exc:
            self._pause(exc)
            raise

    def _pause(self, error: AskAgainError) -> None:
        if error.retry_after is not None:
            if error.retry_after > LONGEST_PAUSE_SECONDS:
                raise TemporaryError(
                    f"Clerk asks to come back in {error.retry_after:.0f} seconds", hint="run again after that time"
                )
            log.warning("export.paused", reason=error.meaning, seconds=error.retry_after)
            self._limit.pause(error.retry_after)
