"""Standard output that nobody reads, that is closed, or that knows ASCII alone stops no run."""

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pytest

from tests.support.job import Job
from tests.support.processes import start

ROOM = 8192  # for the lines until the run is at work


@pytest.fixture
def pipe() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Both ends of a pipe that nobody reads, with a little room left."""
    reader, writer = os.pipe()
    size = fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ)
    os.write(writer, b" " * (size - ROOM))
    with os.fdopen(reader, "rb") as out, os.fdopen(writer, "wb") as into:
        yield out, into


def holds_lock(job: Job) -> bool:
    return job.sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'") != []


@contextmanager
def held_back(job: Job, into: IO[bytes]) -> "Iterator[subprocess.Popen[str]]":
    """The job, held back by its log, of which nobody reads a line; it ends with the block."""
    with start(job, stdout=into, BATCH_SIZE="1") as process:
        try:
            wait_until_full(into, process)
            yield process
        finally:
            process.kill()


def wait_until_full(into: IO[bytes], process: "subprocess.Popen[str]") -> None:
    while select.select([], [into], [], 0)[1]:
        assert process.poll() is None
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_heard_where_nobody_reads_the_log(
    job: Job, pipe: tuple[IO[bytes], IO[bytes]], number: signal.Signals
) -> None:
    with held_back(job, pipe[1]) as process:
        assert holds_lock(job)
        process.send_signal(number)
        assert process.wait(timeout=10) == 128 + number
    assert not holds_lock(job)


def test_a_log_that_is_read_late_is_whole(job: Job, pipe: tuple[IO[bytes], IO[bytes]]) -> None:
    """Without a signal the run waits for its reader, and loses no line."""
    out, into = pipe
    with held_back(job, into) as process:
        into.close()
        events = [json.loads(line)["event"] for line in out]
        process.wait(timeout=60)
    assert process.returncode == 0
    assert events.count("migrate.batch") == 300
    assert events[-1] == "run.ended"


@pytest.mark.parametrize("closing", [">&-", "<&- >&- 2>&-"])
def test_a_closed_stdout_stops_nothing(job: Job, closing: str) -> None:
    """Nor does a file or a connection of the job's take its number, and what is written to it."""
    with start(job, stdout=None, command=("sh", "-c", f'exec "$0" -m job {closing}', sys.executable)) as process:
        assert process.wait(timeout=60) == 0
    job.read_report()
    assert job.report["exit_code"] == 0
    assert job.sql("SELECT count(*) FROM accounts") == [(600,)]


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_an_ascii_stdout_stops_nothing(job: Job, log_format: str) -> None:
    settings = {"PYTHONIOENCODING": "ascii", "REPORT_DIR": "rapport-\N{LATIN SMALL LETTER E WITH ACUTE}"}
    with start(job, LOG_FORMAT=log_format, **settings) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output[-2000:]
    assert "Traceback" not in output
    assert "rapport-\N{LATIN SMALL LETTER E WITH ACUTE}" in output
