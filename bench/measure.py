"""One run of the job as a process of its own, measured from outside; and the raw COPY of the rows it leaves."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2

from bench.link import Link
from sandbox.lobechat import create_lobechat
from sandbox.postgres import Postgres

SAMPLED_EVERY_SECONDS = 0.1
AT_REST = ("VACUUM ANALYZE", "CHECKPOINT")  # else the server does it meanwhile, at some moment of its own
TABLES = ("users", "accounts", "two_factor")


class Mark(NamedTuple):
    """How far a run had come at some moment: seconds since its start, and what had passed over its link."""

    seconds: float = 0.0
    round_trips: int = 0
    sent_bytes: int = 0


@dataclass
class Run:
    """What a run of the job said of its stages, where it stood as each ended, and the most memory that it held.

    The memory is the sum over all of its processes, of what they share each its part (PSS), in MiB.
    """

    exit_code: int = 0
    peak_mib: float = 0.0
    batches: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    counts: dict[str, dict[str, Any]] = field(default_factory=dict)
    ended: dict[str, Mark] = field(default_factory=dict)


def run_job(settings: dict[str, str], link: Link | None = None) -> Run:
    """Run `python -m job` with these settings alone; the database is reached by way of `link`, if any."""
    run, began, last = Run(), time.monotonic(), b""
    if link:
        link.reset()
    with subprocess.Popen(
        [sys.executable, "-m", "job"], env={**settings, "PATH": os.environ["PATH"]}, stdout=subprocess.PIPE
    ) as process:
        sampler = threading.Thread(target=_sample_memory, args=(process, run), daemon=True)
        sampler.start()
        assert process.stdout is not None
        for last in process.stdout:
            line = json.loads(last)
            if line["event"] == "migrate.planned" and line["stage"] == "migrate":
                run.batches = line["batches"]
            if line["event"] == "stage.ended":
                traffic = (link.round_trips, link.sent_bytes) if link else ()
                run.ended[line["stage"]] = Mark(time.monotonic() - began, *traffic)
                run.seconds[line["stage"]], run.counts[line["stage"]] = line["seconds"], line
        run.exit_code = process.wait()
        sampler.join()
    if run.exit_code:
        print(last.decode(), file=sys.stderr)
    return run


def _sample_memory(process: "subprocess.Popen[bytes]", run: Run) -> None:
    before = 0.0
    while process.poll() is None:
        now = _memory_mib(process.pid)
        run.peak_mib = max(run.peak_mib, min(before, now))  # a process that is just being started counts twice
        before = now
        time.sleep(SAMPLED_EVERY_SECONDS)


def _memory_mib(pid: int) -> float:
    """The memory of this process and all below it, as Linux's /proc tells; 0 where there is none."""
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        own = next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
        return own / 1024 + sum(_memory_mib(int(child)) for child in children)
    return 0.0


class Rows(NamedTuple):
    """The raw COPY of the job's final rows into the same tables, indexed and empty: seconds, and bytes of the rows."""

    seconds: float
    size: int


def copy_raw(server: Postgres, database: str, round_trip_seconds: float) -> Rows:
    """COPY the rows that a migration left in `database` over a link of that length."""
    name = server.create_database()
    create_lobechat(server.url(name), "0075")
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _ in TABLES]
        with closing(psycopg2.connect(server.url(database))) as source:
            for table, file in zip(TABLES, files, strict=True):
                source.cursor().copy_expert(f"COPY {table} TO STDOUT", file)
        for statement in AT_REST:
            server.execute(statement)
        link = stack.enter_context(Link(server.url(name), round_trip_seconds))
        size = sum(file.tell() for file in files)
        began = time.monotonic()
        with closing(psycopg2.connect(link.url)) as connection:
            for table, file in zip(TABLES, files, strict=True):
                file.seek(0)
                connection.cursor().copy_expert(f"COPY {table} FROM STDIN", file, size=1 << 16)
            connection.commit()
            seconds = time.monotonic() - began
    server.drop_database(name)
    return Rows(seconds, size)
