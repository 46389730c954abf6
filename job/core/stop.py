"""Signals and stage time-outs: SIGINT, SIGTERM and a stage that takes too long end a run between two batches.

The interpreter writes each signal's number to a socket at once, even while the main thread sits in a C call such as a
long query; a thread reads it there.  So the event is set and the callbacks run without the main thread's help.
"""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, Self

import structlog

from job.core.errors import StoppedError, TemporaryError

log = structlog.get_logger()

SIGNALS = (signal.SIGINT, signal.SIGTERM)
GRACE_SECONDS = 5.0  # for the batch in hand; what then still runs is cancelled, and the run ends within ten seconds
AGAIN_SECONDS = 0.5  # a cancel that comes between two statements cancels neither

Callback = Callable[[], None]


class Stop:
    """Use as a context manager in the main thread; the handlers that were there before come back at its end."""

    def __init__(self, grace_seconds: float = GRACE_SECONDS) -> None:
        self.grace_seconds = grace_seconds
        self.event = threading.Event()
        self._signal: int | None = None
        self._seen: int | None = None  # by Python's handler, which may come before or after the watcher
        self._overdue_seconds: float | None = None
        self._lock = threading.Lock()
        self._on_stop: dict[int, Callback] = {}
        self._on_grace_over: dict[int, Callback] = {}
        self._numbers = iter(range(2**63))
        self._grace_over = False
        self._ended = False
        self._timers: list[threading.Timer] = []
        self._handlers: dict[signal.Signals, Any] = {}
        self._reader, self._writer = socket.socketpair()
        self._wakeup_before = -1
        self._watcher: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._writer.setblocking(False)
        self._wakeup_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._handlers = {number: signal.signal(number, self._handle) for number in SIGNALS}
        self._watcher = threading.Thread(target=self._watch, name="stop", daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        self._writer.close()  # the watcher reads the end
        if self._watcher is not None:
            self._watcher.join()
        self._reader.close()
        self._ended = True
        while timer := self._take_timer():
            timer.cancel()
            timer.join()

    def check(self) -> None:
        """Raise StoppedError after a signal, TemporaryError after a stage's time is up; else return."""
        number = self._signal or self._seen
        if number is not None:
            raise StoppedError(number)
        if not self.event.is_set():
            return
        raise TemporaryError(
            f"the stage took longer than {self._overdue_seconds:g} seconds",
            hint="run again: the job goes on where it stopped; or raise CLERK_TO_BETTERAUTH_STAGE_TIMEOUT_SECONDS",
        )

    def on_stop(self, callback: Callback) -> Callback:
        """Call `callback` from another thread as soon as the run is told to stop.  Returns what takes it back."""
        return self._register(self._on_stop, callback, self.event.is_set)

    def on_grace_over(self, callback: Callback) -> Callback:
        """Call `callback` from another thread when the work in hand has had its grace, or at a second signal.

        It is called again and again until it is taken back.
        """
        return self._register(self._on_grace_over, callback, lambda: self._grace_over)

    @contextmanager
    def stage_deadline(self, seconds: float) -> Iterator[None]:
        """Stop the run when the block takes longer than `seconds`."""
        timer = self._start_timer(seconds, lambda: self._begin(None, seconds))
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def _register(self, callbacks: dict[int, Callback], callback: Callback, due: Callable[[], bool]) -> Callback:
        with self._lock:
            number = next(self._numbers)
            callbacks[number] = callback
            late = due()
        if late:
            callback()
        return lambda: self._unregister(callbacks, number)

    def _unregister(self, callbacks: dict[int, Callback], number: int) -> None:
        with self._lock:
            callbacks.pop(number, None)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        """Python's own handler, in the main thread between two steps: it takes no lock, as that thread may hold it."""
        self._seen = number

    def _watch(self) -> None:
        while received := self._reader.recv(64):
            for number in received:
                if number in SIGNALS:
                    self._receive(number)

    def _receive(self, number: int) -> None:
        if self._signal is None:
            self._begin(number, None)
        else:
            self._end_grace()
        # Told last: where nobody reads the log, the line may have to wait.
        log.warning("stop.signal", signal=signal.Signals(number).name, grace_seconds=self.grace_seconds)

    def _begin(self, number: int | None, overdue_seconds: float | None) -> None:
        with self._lock:
            self._signal = self._signal or number
            self._overdue_seconds = self._overdue_seconds or overdue_seconds
            first = not self.event.is_set()
            self.event.set()
        if first:
            self._call(self._on_stop)
            self._start_timer(self.grace_seconds, self._end_grace)

    def _end_grace(self) -> None:
        with self._lock:
            first, self._grace_over = not self._grace_over, True
        if first:
            self._cancel_work()

    def _cancel_work(self) -> None:
        self._call(self._on_grace_over)
        if not self._ended:
            self._start_timer(AGAIN_SECONDS, self._cancel_work)

    def _call(self, callbacks: dict[int, Callback]) -> None:
        with self._lock:
            to_call = list(callbacks.values())
        for callback in to_call:
            with suppress(Exception):  # one callback's failure must not keep the others from being called
                callback()

    def _take_timer(self) -> threading.Timer | None:
        with self._lock:
            return self._timers.pop() if self._timers else None

    def _start_timer(self, seconds: float, function: Callback) -> threading.Timer:
        timer = threading.Timer(seconds, function)
        timer.daemon = True
        timer.start()
        with self._lock:
            self._timers = [other for other in self._timers if other.is_alive()] + [timer]
        return timer
