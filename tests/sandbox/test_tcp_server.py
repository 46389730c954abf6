"""A server that stops leaves nothing open, wherever its connections are at that moment."""

import asyncio
import gc
import socket
import warnings
from contextlib import ExitStack

import pytest

from sandbox.tcp_server import tcp_server

CLIENTS = 3


async def never_read(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """More than the sockets hold: it waits for the client."""
    writer.write(b"." * (16 << 20))
    await writer.drain()


async def run_and_stop(turns: int) -> None:
    """The clients connect, and the loop makes so many turns until the server stops."""
    with ExitStack() as clients:
        async with tcp_server(never_read) as port:
            for _ in range(CLIENTS):
                client = clients.enter_context(socket.socket())
                client.connect(("127.0.0.1", port))  # the kernel answers; the server has not accepted it yet
            for _ in range(turns):
                await asyncio.sleep(0)


@pytest.mark.parametrize("turns", range(8))
def test_no_socket_stays_open(turns: int) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        asyncio.run(run_and_stop(turns))
        gc.collect()
    assert [str(one.message) for one in told] == []


def test_all_that_a_handler_wrote_arrives() -> None:
    async def write(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"." * (16 << 20))

    async def fetch() -> int:
        async with tcp_server(write) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            received = len(await reader.read())
            writer.close()
            await writer.wait_closed()
            return received

    assert asyncio.run(fetch()) == 16 << 20
