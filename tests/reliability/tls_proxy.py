"""A TLS proxy in front of the server, as Neon has one: it can refuse connections, and cut those there are."""

import asyncio
import ssl
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from sandbox.tcp_server import tcp_server

CHUNK = 1 << 16
REQUEST_BYTES = 8  # of PostgreSQL's SSLRequest
REFUSAL = b"SFATAL\0C57P03\0Mthe compute node is not awake\0\0"


class Proxy:
    """A proxy to `port` on a port of its own; `with Proxy(...)` runs it.  It refuses the next `asleep` connections.

    Of these the first meets a cut before TLS, the second one behind it, the third an error of the proxy's own; and so
    on in turn.  `refused` counts them.  While it is `silent` the server hears of no cut, as from a NAT that forgot.
    """

    def __init__(self, context: ssl.SSLContext, port: int) -> None:
        self.asleep = self.refused = self.port = 0
        self.silent = False
        self._context, self._to = context, port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._end = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self._left: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)
        self._loop.close()

    def fall_asleep(self, refusals: int) -> None:
        """Cut every connection, and refuse as many of the next ones."""
        asyncio.run_coroutine_threadsafe(self._cut(refusals), self._loop).result(10)

    async def _cut(self, refusals: int) -> None:
        self.asleep = refusals
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self) -> None:
        async with tcp_server(self._accept) as self.port:
            self._ready.set()
            await self._end.wait()
        for _, writer in self._left:
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                if self.asleep:
                    self.asleep -= 1
                    self.refused += 1
                    await self._refuse(self.refused % 3, reader, writer)
                else:
                    await self._pass_on(reader, writer)
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _speak_tls(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(REQUEST_BYTES)
        writer.write(b"S")
        await writer.start_tls(self._context)

    async def _refuse(self, way: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if way == 1:
            return
        await self._speak_tls(reader, writer)
        if way == 0:
            await reader.read(CHUNK)
            writer.write(b"E" + (len(REFUSAL) + 4).to_bytes(4) + REFUSAL)
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._speak_tls(reader, writer)
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._to)
        pumps = [asyncio.ensure_future(pump(reader, inner_writer)), asyncio.ensure_future(pump(inner_reader, writer))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._left.append((inner_reader, inner_writer))
            if not self.silent:
                inner_writer.transport.abort()
            for one in pumps:
                one.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what arrives until nothing more does."""
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
