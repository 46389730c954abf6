"""The mapping in processes of their own, a few chunks ahead: reading, mapping and the database work at the same time.

What they cannot map, and what a lost one leaves, is mapped here: an error is told in one place, and a lost process
costs time alone.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import structlog

from job.lobechat.staging import worker
from job.lobechat.staging.chunks import Chunk, Rows, map_chunk
from job.mapping.rows import MappingOptions

log = structlog.get_logger()

AHEAD = 2  # chunks for each process: one at work, one waiting
MOST_PROCESSES = 4  # each needs some 10 MiB; beyond, reading the files is what takes longest


class Mapper:
    """Processes that map; none with `processes` 0.  Use as a context manager: they start and end with it."""

    def __init__(self, options: MappingOptions, processes: int) -> None:
        self._options = options
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self._processes:
            try:
                self._pool = start_pool(self._processes)
            except (OSError, ImportError) as exc:
                self._give_up(exc)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def map(self, chunks: Iterable[Chunk]) -> Iterator[Rows]:
        """The rows of each chunk, in order.  Raises what map_chunk raises."""
        pending: deque[tuple[Chunk, Future[Rows | None] | None]] = deque()
        for chunk in chunks:
            pending.append((chunk, self._submit(chunk)))
            if len(pending) > self._processes * AHEAD:
                yield self._finish(*pending.popleft())
        while pending:
            yield self._finish(*pending.popleft())

    def _submit(self, chunk: Chunk) -> "Future[Rows | None] | None":
        if self._pool:
            try:
                return self._pool.submit(worker.try_map_chunk, chunk, self._options)
            except (BrokenProcessPool, OSError) as exc:
                self._give_up(exc)
        return None

    def _finish(self, chunk: Chunk, future: "Future[Rows | None] | None") -> Rows:
        rows = None
        if future:
            try:
                rows = future.result()
            except BrokenProcessPool as exc:
                if self._pool:
                    self._give_up(exc)
        return map_chunk(chunk, self._options) if rows is None else rows

    def _give_up(self, error: Exception) -> None:
        log.warning("map.process_lost", error=type(error).__name__, meaning="mapping goes on in this one")
        if self._pool:
            self._pool.shutdown(wait=False)
            self._pool = None


def count_processes() -> int:
    """As many as there are processors, but two at least."""
    return min(max(os.cpu_count() or 1, 2), MOST_PROCESSES)


def start_pool(processes: int) -> ProcessPoolExecutor:
    """Start them, so that they are ready when the first chunk comes.  Raises OSError where the machine refuses."""
    context = multiprocessing.get_context("forkserver")  # spawned ones would each hold a Python of their own
    context.set_forkserver_preload([worker.__name__])
    pool = ProcessPoolExecutor(processes, context, worker.begin)
    with _interrupts_blocked():
        for _ in range(processes):
            pool.submit(len, ())  # starts one
    return pool


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """What is started meanwhile never hears of an interrupt, which a terminal sends to all: the job decides."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
