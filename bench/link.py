"""A network link to the database, on loopback: every byte arrives after half a round trip, and is counted."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from sandbox.tcp_server import tcp_server

PIECE = 1 << 16
PIECES_IN_FLIGHT = 64  # 4 MiB, what a TCP window holds on a good line: at 50 ms that allows 160 MiB a second

Queue = asyncio.Queue[tuple[float, bytes]]  # when each piece is due, and what it is; the empty one is the end


class Link:
    """A TCP proxy to the database of `url`, in a thread of this process; `with Link(...) as link` runs it.

    A round trip is counted each time that the server answers after the client has spoken: as often as somebody has to
    wait for the line.  TCP's own handshake is neither delayed nor counted.
    """

    def __init__(self, url: str, round_trip_seconds: float) -> None:
        self._parts = urlsplit(url)
        self._one_way_seconds = round_trip_seconds / 2
        self._ready: Future[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="link", daemon=True)
        self.reset()

    def reset(self) -> None:
        """Count anew."""
        self.round_trips = self.sent_bytes = self.received_bytes = 0

    @property
    def url(self) -> str:
        """The database's URL by way of this link."""
        access = self._parts.netloc.rpartition("@")[0]
        return urlunsplit(self._parts._replace(netloc=f"{access}@127.0.0.1:{self._ready.result()[0]}"))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        _port, loop, ended = self._ready.result()
        loop.call_soon_threadsafe(ended.set)
        self._thread.join()

    async def _run(self) -> None:
        ended = asyncio.Event()
        async with tcp_server(self._serve) as port:
            self._ready.set_result((port, asyncio.get_running_loop(), ended))
            await ended.wait()

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        waiting = False  # whether the client spoke last

        def sent(size: int) -> None:
            nonlocal waiting
            waiting = True
            self.sent_bytes += size

        def received(size: int) -> None:
            nonlocal waiting
            self.round_trips += waiting
            waiting = False
            self.received_bytes += size

        await asyncio.gather(self._carry(client, to_server, sent), self._carry(server, to_client, received))

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, count: Callable[[int], None]
    ) -> None:
        """Take what comes, and hand it on when it is due; at its end, the end."""
        in_flight = Queue(PIECES_IN_FLIGHT)
        delivery = asyncio.create_task(_deliver(in_flight, sink))
        try:
            while data := await _read(source):
                count(len(data))
                await in_flight.put((self._due(), data))
            await in_flight.put((self._due(), b""))
            await delivery
        finally:
            delivery.cancel()
            sink.close()

    def _due(self) -> float:
        return asyncio.get_running_loop().time() + self._one_way_seconds


async def _read(source: asyncio.StreamReader) -> bytes:
    """What comes next; nothing at the end, also where that is a broken connection."""
    with suppress(ConnectionError):
        return await source.read(PIECE)
    return b""


async def _deliver(in_flight: Queue, sink: asyncio.StreamWriter) -> None:
    due, data = await in_flight.get()
    while data:
        await asyncio.sleep(due - asyncio.get_running_loop().time())
        with suppress(ConnectionError):
            sink.write(data)
            await sink.drain()
        due, data = await in_flight.get()
