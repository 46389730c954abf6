"""The heartbeat: how far a long piece of work has come, at least every ten seconds, or as a bar for people."""

import sys
import threading
import time
from types import TracebackType
from typing import Self

import structlog
from rich import progress as rich_progress
from rich.console import Console
from rich.theme import Theme

log = structlog.get_logger()

BEAT_SECONDS = 5.0
# The terminal's own colours, which can be read on black and on white.
PLAIN = Theme(
    {
        **dict.fromkeys(("progress.elapsed", "progress.remaining", "progress.download", "progress.spinner"), "none"),
        **dict.fromkeys(("bar.complete", "bar.finished", "bar.pulse"), "none"),
        "bar.back": "dim",
    }
)


class Progress:
    """One piece of work at a time, all from one thread.  Use as a context manager."""

    def __init__(self, log_format: str, *, beat_seconds: float = BEAT_SECONDS, console: Console | None = None) -> None:
        self._console = console or Console(file=sys.stdout)
        self._console.push_theme(PLAIN)
        moves_cursor = self._console.is_terminal and not self._console.is_dumb_terminal
        self._shows_bar = log_format == "console" and moves_cursor
        self._beat_seconds = beat_seconds
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._bar: rich_progress.Progress | None = None
        self._what = ""
        self._total: int | None = None
        self._done = 0
        self._began = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.end()

    def begin(self, what: str, total: int | None) -> None:
        """Open a piece of work; one that is open is ended.  `total` is None where nobody knows it yet."""
        self.end()
        self._what, self._total, self._done, self._began = what, total, 0, time.monotonic()
        if self._shows_bar:
            self._bar = _make_bar(self._console, known=total is not None)
            self._bar.add_task(what, total=total)
            self._bar.start()
            return
        self._ended = threading.Event()
        context = structlog.contextvars.get_contextvars()
        self._thread = threading.Thread(target=self._beat, args=(self._ended, context), name="progress", daemon=True)
        self._thread.start()

    def advance(self, number: int = 1) -> None:
        """Count `number` more as done."""
        self._done += number
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0], number)

    def end(self) -> None:
        """Close the piece of work that is open, if any."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        if self._thread is not None:
            self._ended.set()
            self._thread.join()
            self._thread = None

    def _beat(self, ended: threading.Event, context: dict[str, object]) -> None:
        with structlog.contextvars.bound_contextvars(**context):
            while not ended.wait(self._beat_seconds):
                log.info("progress", **self._numbers())

    def _numbers(self) -> dict[str, object]:
        done, seconds = self._done, time.monotonic() - self._began
        rate = done / seconds if seconds > 0 else 0.0
        left = None if self._total is None or not rate else round(max(self._total - done, 0) / rate)
        return {
            "what": self._what,
            "done": done,
            "total": self._total,
            "rate_per_second": round(rate, 1),
            "seconds_left": left,
        }


def _make_bar(console: Console, *, known: bool) -> rich_progress.Progress:
    """A bar that leaves no line behind; without a known total it shows that time passes."""
    description = rich_progress.TextColumn("  {task.description:<8}")
    columns = (
        (rich_progress.BarColumn(), rich_progress.MofNCompleteColumn(), rich_progress.TimeRemainingColumn())
        if known
        else (rich_progress.SpinnerColumn("line"), rich_progress.TimeElapsedColumn())
    )
    return rich_progress.Progress(description, *columns, console=console, transient=True, redirect_stdout=True)
