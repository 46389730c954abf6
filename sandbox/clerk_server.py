"""A simulated Clerk: a real HTTP server that answers as the Backend API 2025-04-10 does.

`/v1/users` with cursor, offset, order and creation-time filters, `/v1/users/count`, and the errors 401, 404, 422 and
429 with Retry-After.  `python -m sandbox clerk` runs it as a process of its own.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from sandbox.clerk_answers import Answer, error, head
from sandbox.clerk_faults import Fault, FaultQueue, misbehave
from sandbox.clerk_limit import Window
from sandbox.clerk_users import ClerkUsers
from sandbox.tcp_server import tcp_server

__all__ = ["KEY", "ClerkServer", "Fault"]

KEY = "sk_test_sandbox"
MAX_LIMIT = 500
DEFAULT_LIMIT = "10"
ORDERS = {"created_at": True, "+created_at": True, "-created_at": False}


class ClerkServer:
    """The server; `with ClerkServer(users) as clerk` runs it in a thread of its own.

    `limit` is the number of requests in ten seconds (Clerk: 1000 in production, 100 in development; None: any number),
    `latency` the seconds before each answer.  Whether Clerk's creation-time filters take in the moment itself is not
    written anywhere: `inclusive` picks one.  `requests` holds the targets asked for, `faults` what is to go wrong.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each property of the simulated instance
        self,
        users: Iterable[dict[str, Any]] = (),
        *,
        key: str = KEY,
        limit: int | None = None,
        latency: float = 0.0,
        port: int = 0,
        host: str = "127.0.0.1",
        inclusive: bool = False,
    ) -> None:
        self.key, self.latency, self.port, self.host, self.inclusive = key, latency, port, host, inclusive
        self.requests: list[str] = []
        self.faults = FaultQueue()
        self._window = Window(limit)
        self._users = ClerkUsers(users)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._stopping = asyncio.Event()

    @property
    def url(self) -> str:
        """The value for CLERK_API_URL."""
        return f"http://{self.host}:{self.port}/v1"

    @property
    def limit(self) -> int | None:
        """Requests in ten seconds."""
        return self._window.limit

    @limit.setter
    def limit(self, limit: int | None) -> None:
        self._window = Window(limit)

    def replace(self, users: Iterable[dict[str, Any]]) -> None:
        """Have exactly these users."""
        self._users = ClerkUsers(users)

    def add(self, user: dict[str, Any]) -> None:
        """Create a user, or change one."""
        self._users.put(user)

    def remove(self, user_id: str) -> None:
        """Delete a user."""
        self._users.remove(user_id)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def serve_forever(self, ready: Callable[[], None] = lambda: None) -> None:
        """Serve in this thread until SIGINT or SIGTERM; `ready` is called when `port` is known."""
        asyncio.run(self._serve(ready, signal.SIGINT, signal.SIGTERM))

    def _run(self) -> None:
        try:
            asyncio.run(self._serve(lambda: None))
        except OSError as exc:
            self._failure = exc
        finally:
            self._ready.set()

    async def _serve(self, ready: Callable[[], None], *signals: signal.Signals) -> None:
        self._loop = asyncio.get_running_loop()
        for number in signals:
            self._loop.add_signal_handler(number, self._stopping.set)
        async with tcp_server(self._connection, self.host, self.port) as self.port:
            self._ready.set()
            ready()
            await self._stopping.wait()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):  # the client went away
            while request := await _read_request(reader):
                if not await self._answer(writer, *request):
                    break

    async def _answer(self, writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> bool:
        """Answer one request; true where the connection goes on."""
        self.requests.append(target)
        if self.latency:
            await asyncio.sleep(self.latency)
        fault = self.faults.take(target)
        if fault is not None:
            return await misbehave(fault, lambda: self._respond(target, headers), writer)
        answer = self._respond(target, headers)
        writer.write(head(answer))
        writer.write(answer.body)
        await writer.drain()
        return headers.get("connection") != "close"

    def _respond(self, target: str, headers: dict[str, str]) -> Answer:
        if headers.get("authorization") != f"Bearer {self.key}":
            return error(401, "clerk_key_invalid", "The provided Clerk Secret Key is invalid")
        wait = self._window.ask()
        if wait is not None:
            return error(429, "too_many_requests", "Too many requests", retry_after=str(wait))
        parts = urlsplit(target)
        given = parse_qs(parts.query)
        query = {name: values[-1] for name, values in given.items()}
        try:
            if parts.path == "/v1/users/count":
                low, high = self._bounds(query)
                return Answer(200, b'{"object":"total_count","total_count":%d}' % (high - low))
            if parts.path == "/v1/users":
                return Answer(200, self._named(given["user_id"], query) if "user_id" in given else self._page(query))
        except ValueError as exc:
            return error(422, "form_param_value_invalid", str(exc))
        return error(404, "resource_not_found", "not found")

    def _bounds(self, query: dict[str, str]) -> tuple[int, int]:
        after, before = (_number(query, f"created_at_{name}") for name in ("after", "before"))
        return self._users.bounds(after, before, inclusive=self.inclusive)

    def _named(self, user_ids: list[str], query: dict[str, str]) -> bytes:
        return self._users.named(user_ids, int(query.get("limit", DEFAULT_LIMIT)))

    def _page(self, query: dict[str, str]) -> bytes:
        limit, offset = int(query.get("limit", DEFAULT_LIMIT)), int(query.get("offset", "0"))
        if not 1 <= limit <= MAX_LIMIT or offset < 0:
            raise ValueError("limit must be 1 to 500, offset 0 or more")
        order, after = query.get("order_by", "-created_at"), query.get("starting_after")
        if order not in ORDERS:
            raise ValueError("the sandbox orders by created_at alone; + is sent as %2B")
        low, high = self._bounds(query)
        if after is not None:
            if "offset" in query or after not in self._users:
                raise ValueError("starting_after takes the id of a user, and no offset beside it")
            low, high = self._users.behind(after, low, high, ascending=ORDERS[order])
        return self._users.page(low, high, ascending=ORDERS[order], offset=offset, limit=limit)


def _number(query: dict[str, str], name: str) -> int | None:
    return int(query[name]) if name in query else None


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
    """The next request's target and headers; None where the client closed the connection."""
    line = await reader.readline()
    if not line:
        return None
    headers = {}
    while (header := await reader.readline()) not in {b"\r\n", b""}:
        name, _, value = header.decode().partition(":")
        headers[name.lower()] = value.strip()
    return line.decode().split(" ")[1], headers
