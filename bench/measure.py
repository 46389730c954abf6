"""One run of the job as a process of its own, with its peak memory; and the raw COPY of the rows it leaves."""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import psycopg2

from sandbox.lobechat import create_lobechat
from sandbox.postgres import Postgres

TABLES = ("users", "accounts", "two_factor")


@dataclass
class Run:
    """What a run of the job said of its stages, and the most memory it held (MiB)."""

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
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        lines = [json.loads(line) for line in output]
    run = Run(process.returncode, usage.ru_maxrss / 1024)
    for line in lines:
        if line["event"] == "stage.ended":
            run.seconds[line["stage"]], run.counts[line["stage"]] = line["seconds"], line
    if run.exit_code:
        print("\n".join(str(line) for line in lines[-5:]), file=sys.stderr)
    return run


def copy_raw(server: Postgres, url: str) -> float:
    """Seconds that a COPY takes of the job's final rows into the same tables, indexed and empty."""
    target = server.url(server.create_database())
    create_lobechat(target, "0075")
    with tempfile.TemporaryDirectory() as folder:
        for table in TABLES:
            with closing(psycopg2.connect(url)) as source, open(f"{folder}/{table}", "wb") as file:  # noqa: PTH123
                source.cursor().copy_expert(f"COPY {table} TO STDOUT", file)
        with closing(psycopg2.connect(target)) as connection:
            began = time.monotonic()
            for table in TABLES:
                with open(f"{folder}/{table}", "rb") as file:  # noqa: PTH123
                    connection.cursor().copy_expert(f"COPY {table} FROM STDIN", file)
            connection.commit()
            return time.monotonic() - began
