"""What can go wrong between Clerk and a client, on demand: for tests."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sandbox.clerk_answers import Answer, error, head

DRIPS = 10


@dataclass
class Fault:
    """What happens to one request whose target holds `path`, after `skip` such requests went well.

    status: an error, perhaps with Retry-After.  html: a proxy's page in place of JSON.  reset: the connection is
    aborted.  cut: the body ends half-way.  silence: nothing for `seconds`, then the connection is closed.  slow: the
    answer comes after `seconds`.  drip: it comes in pieces over `seconds`.  call: `action` runs, then all goes well.
    """

    kind: Literal["status", "html", "reset", "cut", "silence", "slow", "drip", "call"]
    status: int = 500
    retry_after: str | None = None
    seconds: float = 0.0
    path: str = ""
    skip: int = 0
    action: Callable[[], object] | None = None


class FaultQueue(list[Fault]):
    """The faults to come, first one first."""

    def take(self, target: str) -> Fault | None:
        """Return the fault that this request meets, and forget it."""
        fault = next((fault for fault in self if fault.path in target), None)
        if fault is None:
            return None
        if fault.skip:
            fault.skip -= 1
            return None
        self.remove(fault)
        return fault


async def misbehave(fault: Fault, answer: Callable[[], Answer], writer: asyncio.StreamWriter) -> bool:
    """Answer as the fault says; true where the connection goes on."""
    if fault.kind == "reset":
        writer.transport.abort()
        return False
    if fault.kind == "call" and fault.action is not None:
        fault.action()
    if fault.kind in {"slow", "silence"}:
        await asyncio.sleep(fault.seconds)
    if fault.kind == "silence":
        return False
    given = _faulty(fault) or answer()
    start, body = head(given), given.body
    writer.write(start)
    if fault.kind == "cut":
        writer.write(body[: len(body) // 2])
        await writer.drain()
        return False
    await _send(writer, body, fault.seconds if fault.kind == "drip" else 0.0)
    return True


def _faulty(fault: Fault) -> Answer | None:
    if fault.kind == "status":
        return error(fault.status, "fault", "a fault of the sandbox", retry_after=fault.retry_after)
    if fault.kind == "html":
        return Answer(fault.status, b"<html><body>a proxy's page</body></html>", "text/html")
    return None


async def _send(writer: asyncio.StreamWriter, body: bytes, seconds: float) -> None:
    size = len(body) if not seconds else max(1, len(body) // DRIPS)
    for start in range(0, len(body), max(1, size)):
        writer.write(body[start : start + size])
        await writer.drain()
        if seconds:
            await asyncio.sleep(seconds / DRIPS)
