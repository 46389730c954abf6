"""The heartbeat of long work, and the bar for people."""

import io
import re
import threading

import pytest
import structlog
from rich.console import Console
from structlog.testing import capture_logs

from job.core.progress import Progress


def beat_once(progress: Progress, what: str, total: int | None, done: int) -> dict[str, object]:
    """Work until one heartbeat that counts all of `done` was logged."""
    with capture_logs() as logs:
        progress.begin(what, total)
        progress.advance(done)
        wait = threading.Event()
        while not any(line["done"] == done for line in logs):
            wait.wait(0.01)
        progress.end()
    return dict(next(line for line in logs if line["done"] == done))


def test_a_heartbeat_tells_counts_rate_and_time_left() -> None:
    line = beat_once(Progress("json", beat_seconds=0.02), "migrate", 100, 40)
    assert (line["event"], line["what"], line["total"]) == ("progress", "migrate", 100)
    assert isinstance(line["rate_per_second"], float)
    assert isinstance(line["seconds_left"], int)


def test_without_a_total_no_time_left_is_told() -> None:
    line = beat_once(Progress("json", beat_seconds=0.02), "export", None, 3)
    assert line["seconds_left"] is None


def test_the_default_beat_is_within_ten_seconds() -> None:
    assert Progress("json")._beat_seconds < 10


def test_a_heartbeat_carries_what_the_stage_bound() -> None:
    lines: list[dict[str, object]] = []
    arrived = threading.Event()

    def keep(_logger: object, _method: str, event: structlog.types.EventDict) -> str:
        lines.append(dict(event))
        arrived.set()
        return ""

    structlog.configure(processors=[structlog.contextvars.merge_contextvars, keep])
    try:
        with structlog.contextvars.bound_contextvars(stage="export"), Progress("json", beat_seconds=0.01) as progress:
            progress.begin("export", 2)
            assert arrived.wait(10)
    finally:
        structlog.reset_defaults()
    assert lines[0]["stage"] == "export"


def test_the_end_ends_the_thread() -> None:
    with Progress("json") as progress:
        progress.begin("map", 10)
        progress.begin("migrate", 10)
        assert [thread.name for thread in threading.enumerate()].count("progress") == 1
    assert "progress" not in [thread.name for thread in threading.enumerate()]


def test_people_at_a_terminal_see_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = io.StringIO()
    with Progress("console", console=Console(file=screen, force_terminal=True, width=80)) as progress:
        progress.begin("migrate", 10)
        progress.advance(10)
    assert "migrate" in screen.getvalue()
    assert "10/10" in screen.getvalue()


def test_the_bar_has_no_colour_that_a_white_terminal_hides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    screen = io.StringIO()
    with Progress("console", console=Console(file=screen, force_terminal=True, width=80)) as progress:
        for total in (10, None):
            progress.begin("migrate", total)
            progress.advance(5)
    assert set(re.findall(r"\x1b\[([\d;]*)m", screen.getvalue())) <= {"0", "2"}  # the bar's empty part is dim


def test_a_bar_that_has_ended_leaves_no_line_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = io.StringIO()
    with Progress("console", console=Console(file=screen, force_terminal=True, width=80)) as progress:
        progress.begin("migrate", 10)
    assert screen.getvalue().endswith("\x1b[1A\x1b[2K")  # up, and the line emptied


def test_a_terminal_that_moves_no_cursor_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    screen = io.StringIO()
    with Progress("console", console=Console(file=screen, force_terminal=True, width=80)) as progress:
        progress.begin("migrate", 10)
    assert screen.getvalue() == ""


def test_console_format_in_a_pipe_keeps_the_heartbeat() -> None:
    with Progress("console", console=Console(file=io.StringIO())) as progress:
        progress.begin("migrate", 10)
        assert "progress" in [thread.name for thread in threading.enumerate()]
