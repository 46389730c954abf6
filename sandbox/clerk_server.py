"""A simulated Clerk: a real HTTP server that answers as the Backend API 2025-04-10 does.

`/v1/users` with cursor, offset, order and creation-time filters, `/v1/users/count`, and the errors 401, 404, 422 and
429 with Retry-After.  Users are kept as encoded JSON, so that a page costs little more than sending it.
"""

import asyncio
import threading
import time
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import msgspec

KEY = "sk_test_sandbox"
WINDOW_SECONDS = 10
MAX_LIMIT = 500


@dataclass
class Fault:
    """What goes wrong with the next request to `path` (any, if empty): one of the kinds of `_misbehave`."""

    kind: str  # status, cut, slow, html, reset, silence
    status: int = 500
    retry_after: str | None = None
    seconds: float = 0.0
    path: str = ""


class ClerkServer:
    """The server, in a thread of its own.  `limit` requests in ten seconds (None: any number); `latency` in seconds."""

    def __init__(  # noqa: PLR0913 - one keyword for each property of the simulated instance
        self,
        users: Iterable[dict[str, Any]] = (),
        *,
        key: str = KEY,
        limit: int | None = None,
        latency: float = 0.0,
        port: int = 0,
        host: str = "127.0.0.1",
    ) -> None:
        self.key, self.limit, self.latency, self.port, self.host = key, limit, latency, port, host
        self.requests: list[str] = []
        self.faults: deque[Fault] = deque()
        self._order: list[tuple[int, str]] = []
        self._json: dict[str, bytes] = {}
        self._window: deque[float] = deque()
        self._refused_until = 0.0
        self.replace(users)
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()

    def replace(self, users: Iterable[dict[str, Any]]) -> None:
        """Have exactly these users."""
        self._json = {}
        order = []
        for user in users:
            order.append((user["created_at"], user["id"]))
            self._json[user["id"]] = msgspec.json.encode(user)
        self._order = sorted(order)

    def add(self, user: dict[str, Any]) -> None:
        """Create a user, or change one."""
        key = (user["created_at"], user["id"])
        if user["id"] not in self._json:
            self._order.insert(bisect_left(self._order, key), key)
        self._json[user["id"]] = msgspec.json.encode(user)

    def remove(self, user_id: str) -> None:
        """Delete a user."""
        self._order = [key for key in self._order if key[1] != user_id]
        del self._json[user_id]

    @property
    def url(self) -> str:
        """The value for CLERK_API_URL."""
        return f"http://{self.host}:{self.port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join()
        self._loop.close()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._listen())
        except asyncio.CancelledError:
            self._loop.run_until_complete(asyncio.sleep(0))

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connection, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._server.serve_forever()

    def serve_forever(self) -> None:
        """Serve in this thread, until the process ends."""
        asyncio.run(self._listen())

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await _read_head(reader):
                target, headers = head
                self.requests.append(target)
                if self.latency:
                    await asyncio.sleep(self.latency)
                fault = self._next_fault(target)
                if fault is not None and await _misbehave(fault, writer):
                    break
                if fault is None or fault.kind == "slow":
                    await self._answer(writer, target, headers)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
        status, extra, body = self._respond(target, headers)
        writer.write(_head(status, len(body), extra))
        writer.write(body)
        await writer.drain()

    def _next_fault(self, target: str) -> Fault | None:
        if self.faults and self.faults[0].path in target:
            return self.faults.popleft()
        return None

    def _respond(self, target: str, headers: dict[str, str]) -> tuple[int, str, bytes]:
        if headers.get("authorization") != f"Bearer {self.key}":
            return _error(401, "authentication_invalid", "Invalid authentication")
        if (wait := self._throttled()) is not None:
            return _error(429, "too_many_requests", "Too many requests", f"Retry-After: {wait}\r\n")
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/v1/users/count":
            low, high = self._bounds(query)
            return 200, "", b'{"object":"total_count","total_count":%d}' % max(0, high - low)
        if parts.path == "/v1/users":
            return self._page(query)
        return _error(404, "resource_not_found", "not found")

    def _throttled(self) -> int | None:
        if self.limit is None:
            return None
        now = time.monotonic()
        while self._window and self._window[0] <= now - WINDOW_SECONDS:
            self._window.popleft()
        if now < self._refused_until or len(self._window) >= self.limit:
            if now >= self._refused_until:
                self._refused_until = self._window[0] + WINDOW_SECONDS
            return max(1, int(self._refused_until - now) + 1)
        self._window.append(now)
        return None

    def _bounds(self, query: dict[str, str]) -> tuple[int, int]:
        """Positions in creation order; both filters leave their own moment out."""
        low, high = 0, len(self._order)
        if "created_at_after" in query:
            low = bisect_right(self._order, (int(query["created_at_after"]), "\x7f"))
        if "created_at_before" in query:
            high = bisect_left(self._order, (int(query["created_at_before"]), ""))
        return low, high

    def _page(self, query: dict[str, str]) -> tuple[int, str, bytes]:
        limit, offset = int(query.get("limit", "10")), int(query.get("offset", "0"))
        order = query.get("order_by", "-created_at")
        if not 1 <= limit <= MAX_LIMIT or offset < 0:
            return _error(422, "form_param_value_invalid", "limit or offset is out of range")
        low, high = self._bounds(query)
        ascending = not order.startswith("-")
        if "starting_after" in query:
            known = self._json.get(query["starting_after"])
            if "offset" in query or order.lstrip("+-") != "created_at" or known is None:
                return _error(422, "form_param_value_invalid", "starting_after is not possible here")
            at = bisect_left(self._order, (msgspec.json.decode(known)["created_at"], query["starting_after"]))
            low, high = (max(low, at + 1), high) if ascending else (low, min(high, at))
        keys = self._order[low:high]
        if not ascending:
            keys = self._order[max(low, high - offset - limit) : high][::-1]
        chosen = keys[offset : offset + limit]
        return 200, "", b"[" + b",".join([self._json[key[1]] for key in chosen]) + b"]"


def _head(status: int, length: int, extra: str = "", kind: str = "application/json") -> bytes:
    return f"HTTP/1.1 {status} -\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{extra}\r\n".encode()


def _error(status: int, code: str, message: str, extra: str = "") -> tuple[int, str, bytes]:
    error = {"message": message, "long_message": message, "code": code}
    return status, extra, msgspec.json.encode({"errors": [error], "clerk_trace_id": "trace_sandbox"})


async def _read_head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
    line = await reader.readline()
    if not line:
        return None
    headers = {}
    while (header := await reader.readline()) not in {b"\r\n", b""}:
        name, _, value = header.decode().partition(":")
        headers[name.lower()] = value.strip()
    return line.decode().split(" ")[1], headers


async def _misbehave(fault: Fault, writer: asyncio.StreamWriter) -> bool:
    """Do what the fault says; true where the connection ends with it."""
    if fault.kind == "status":
        extra = f"Retry-After: {fault.retry_after}\r\n" if fault.retry_after else ""
        _, _, body = _error(fault.status, "fault", "a fault of the sandbox")
        writer.write(_head(fault.status, len(body), extra) + body)
    elif fault.kind == "html":
        writer.write(_head(200, 13, kind="text/html") + b"<html></html>")
    elif fault.kind == "cut":
        writer.write(_head(200, 1000) + b'[{"id":"user_')
        await writer.drain()
        return True
    elif fault.kind == "reset":
        writer.transport.abort()
        return True
    elif fault.kind in {"slow", "silence"}:
        await asyncio.sleep(fault.seconds)
        return fault.kind == "silence"
    await writer.drain()
    return False
