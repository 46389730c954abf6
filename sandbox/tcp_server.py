"""A TCP server of asyncio that leaves no socket open when it stops.

asyncio's own loses connections that it has accepted and not yet handed over when it is closed.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@asynccontextmanager
async def tcp_server(handle: Handle, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """Have `handle` speak with each client; yields the port.

    A connection ends with its handler; at the end all handlers are cancelled.  Raises OSError where the port is taken.
    """
    loop, handlers = asyncio.get_running_loop(), set[asyncio.Task[None]]()
    with socket.create_server((host, port)) as listener:
        listener.setblocking(False)

        def accept() -> None:
            with suppress(BlockingIOError, ConnectionError):  # the client is gone already
                client, _ = listener.accept()
                handler = loop.create_task(_serve(client, handle))
                handlers.add(handler)
                handler.add_done_callback(handlers.discard)
                handler.add_done_callback(lambda _: client.close())  # also where it was cancelled before it began

        loop.add_reader(listener, accept)
        try:
            yield listener.getsockname()[1]
        finally:
            loop.remove_reader(listener)
            left = list(handlers)
            for handler in left:
                handler.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            await asyncio.sleep(0)  # transports close in the loop's next turn


async def _serve(client: socket.socket, handle: Handle) -> None:
    loop = asyncio.get_running_loop()
    streams: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = loop.create_future()
    protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader(), lambda *pair: streams.set_result(pair))
    await loop.connect_accepted_socket(lambda: protocol, client)
    reader, writer = await streams
    try:
        with suppress(ConnectionError):
            await handle(reader, writer)
            writer.close()
            await writer.wait_closed()  # until all is sent
    finally:
        if client.fileno() >= 0:  # else the transport is closed, and may not be closed again
            writer.transport.abort()
