"""One run of the job as a process of its own, with its peak memory; and the raw COPY of the rows it leaves."""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from sandbox.lobechat import create_lobechat
from sandbox.postgres import Postgres

SAMPLED_EVERY_SECONDS = 0.1
AT_REST = ("VACUUM ANALYZE", "CHECKPOINT")  # else the server does it meanwhile, at some moment of its own
TABLES = ("users", "accounts", "two_factor")


@dataclass
class Run:
    """What a run of the job said of its stages, and the most memory it held, its second process included (MiB)."""

    exit_code: int
    peak_mib: float
    seconds: dict[str, float] = field(default_factory=dict)
    counts: dict[str, dict[str, Any]] = field(default_factory=dict)


def run_job(settings: dict[str, str]) -> Run:
    """Run `python -m job` with these settings alone."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "job"], env={**settings, "PATH": os.environ["PATH"]}, stdout=output
        )
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, sum(_peak_mib(pid) for pid in (process.pid, *_children(process.pid))))
            time.sleep(SAMPLED_EVERY_SECONDS)
        output.seek(0)
        lines = [json.loads(line) for line in output]
    run = Run(process.returncode, peak)
    for line in lines:
        if line["event"] == "stage.ended":
            run.seconds[line["stage"]], run.counts[line["stage"]] = line["seconds"], line
    if run.exit_code:
        print("\n".join(str(line) for line in lines[-5:]), file=sys.stderr)
    return run


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _peak_mib(pid: int) -> float:
    """The most memory that this process has held so far, as Linux's /proc tells; 0 where there is none."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def copy_raw(server: Postgres, url: str) -> float:
    """Seconds that a COPY takes of the job's final rows into the same tables, indexed and empty."""
    target = server.url(server.create_database())
    create_lobechat(target, "0075")
    with tempfile.TemporaryDirectory() as folder:
        for table in TABLES:
            with closing(psycopg2.connect(url)) as source, open(f"{folder}/{table}", "wb") as file:  # noqa: PTH123 - as short as can be
                source.cursor().copy_expert(f"COPY {table} TO STDOUT", file)
        for statement in AT_REST:
            server.execute(statement)
        with closing(psycopg2.connect(target)) as connection:
            began = time.monotonic()
            for table in TABLES:
                with open(f"{folder}/{table}", "rb") as file:  # noqa: PTH123 - as short as can be
                    connection.cursor().copy_expert(f"COPY {table} FROM STDIN", file)
            connection.commit()
            return time.monotonic() - began
