"""Asynchronous work of a run that ends when the run is told to stop."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from job.core.stop import Stop

T = TypeVar("T")


def run_stoppable(stop: Stop, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run what `work` returns in a loop of its own; a stop cancels it and is raised (see `Stop.check`)."""
    try:
        return asyncio.run(_cancelled_by(stop, work))
    except asyncio.CancelledError:
        stop.check()
        raise


async def _cancelled_by(stop: Stop, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def cancel() -> None:
        if task is not None:
            loop.call_soon_threadsafe(task.cancel)

    unregister = stop.on_stop(cancel)
    try:
        return await work()
    finally:
        unregister()
