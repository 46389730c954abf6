"""A database that is far away: a TCP proxy that counts the round trips through it."""

import asyncio
import threading
from types import TracebackType
from typing import Self

from sandbox.tcp_server import tcp_server

CHUNK = 1 << 16


class CountingProxy:
    """A proxy to `port` on a port of its own; `with CountingProxy(...)` runs it.

    A round trip is counted each time the client speaks after the server has, and once for each connection made.
    """

    def __init__(self, port: int) -> None:
        self.port = self.round_trips = 0
        self._to = port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        async with tcp_server(self._accept) as self.port:
            self._ready.set()
            await self._end.wait()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.round_trips += 1
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self._to)
        answered = asyncio.Event()
        answered.set()
        await asyncio.gather(
            self._copy(reader, to_writer, answered, counts=True), self._copy(to_reader, writer, answered, counts=False)
        )

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answered: asyncio.Event, *, counts: bool
    ) -> None:
        try:
            while data := await reader.read(CHUNK):
                if not counts:
                    answered.set()
                elif answered.is_set():
                    self.round_trips += 1
                    answered.clear()
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass  # either side went away
        finally:
            writer.close()
