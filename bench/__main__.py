"""Measure the migration of USERS users near the database and far from it, beside a raw COPY over the same link.

Each of four cases (LobeChat has the users already, or none of them; near, or FAR_MS of round trip away) is migrated,
verified and run again.  ONLY=far-existing,near-new picks some of them.
"""

import json
import os
import platform
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from bench.link import Link
from bench.measure import AT_REST, Rows, Run, copy_raw, run_job
from sandbox.clerk_process import ClerkProcess
from sandbox.lobechat import create_lobechat
from sandbox.sandbox import Sandbox

USERS = int(os.environ.get("USERS", "100000"))
FAR_MS = float(os.environ.get("FAR_MS", "50"))
KEY = "sk_live_bench"  # a production instance: 100 requests a second
LATENCY_SECONDS = 0.1
CONCURRENCY = 10
WHOLE = "check,migrate,verify"
FOLDER = Path(__file__).parent
MIB = 1 << 20
MOST_ROUND_TRIPS = 60  # beside one for each batch


class Case(NamedTuple):
    """One database and the way to it."""

    name: str
    template: str
    round_trip_seconds: float


class Figure(NamedTuple):
    """One measured number, and the most that it may be (None: any)."""

    value: float
    target: float | None = None


Figures = dict[str, Figure]


def main() -> int:
    """Print the tables and write result-<users>.json beside this file; returns the exit code."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        sandbox = stack.enter_context(Sandbox(USERS, folder=folder, chats=False))
        (folder / "prod").symlink_to(folder / "test")
        exports = [_export(sandbox, latency) for latency in (0.0, LATENCY_SECONDS)]
        clerk = stack.enter_context(ClerkProcess(USERS, sandbox.seed, key=KEY))
        upgrade = run_job({**_settings(sandbox, "lobechat", clerk), "CLERK_TO_BETTERAUTH_STAGES": "check"})
        create_lobechat(sandbox.postgres.url(sandbox.postgres.create_database(name="empty")), "0075")
        runs = [*exports, upgrade]
        cases: dict[str, Figures] = {}
        for case in _cases():
            cases[case.name], done = _measure(sandbox, clerk, case)
            runs += done
    _save(_export_figures(exports), cases)
    return max(run.exit_code for run in runs)


def _cases() -> list[Case]:
    wanted = os.environ.get("ONLY", "").split(",")
    cases = [
        Case(f"{distance}-{users}", template, seconds)
        for distance, seconds in (("near", 0.0), ("far", FAR_MS / 1000))
        for users, template in (("existing", "lobechat"), ("new", "empty"))
    ]
    return [case for case in cases if case.name in wanted] or cases


def _measure(sandbox: Sandbox, clerk: ClerkProcess, case: Case) -> tuple[Figures, list[Run]]:
    server = sandbox.postgres
    database = server.create_database(case.template, name=case.name)
    runs = []
    for _ in range(2):
        for statement in AT_REST:
            server.execute(statement, database)
        with Link(server.url(database), case.round_trip_seconds) as link:
            settings = {**_settings(sandbox, database, clerk), "PROD_CLERK_TO_BETTERAUTH_DATABASE_URL": link.url}
            runs.append(run_job({**settings, "CLERK_TO_BETTERAUTH_STAGES": WHOLE}, link))
    raw = copy_raw(server, database, case.round_trip_seconds)
    server.drop_database(database)
    figures = _figures(runs[0], runs[1], raw, far=bool(case.round_trip_seconds))
    _print(case.name, figures)
    return figures, runs


def _figures(first: Run, second: Run, raw: Rows, *, far: bool) -> Figures:
    """Seconds are those of the whole process from its start to the end of a stage; bytes are those that it sent."""
    done, again = first.ended["migrate"], second.ended["migrate"]
    migrate, verify = first.seconds["migrate"], first.seconds["verify"]
    return {
        "raw COPY: seconds": Figure(raw.seconds),
        "raw COPY: MiB": Figure(raw.size / MIB),
        "check and migrate: seconds": Figure(done.seconds),
        "to raw COPY": Figure(done.seconds / raw.seconds, 4 if far else 3),
        "of which check: seconds": Figure(first.ended["check"].seconds),
        "of which migrate: seconds": Figure(migrate),
        "batches": Figure(first.batches),
        "round trips": Figure(done.round_trips, MOST_ROUND_TRIPS + first.batches),
        "of which in check": Figure(first.ended["check"].round_trips),
        "MiB sent": Figure(done.sent_bytes / MIB),
        "MiB sent to the rows' MiB": Figure(done.sent_bytes / raw.size, 1.2),
        "verify: seconds": Figure(verify),
        "verify to migrate": Figure(verify / migrate, 0.5),
        "second run, check and migrate: seconds": Figure(again.seconds),
        "second run to first": Figure(again.seconds / done.seconds, 0.25 if far else 0.5),
        "second run: round trips": Figure(again.round_trips, MOST_ROUND_TRIPS),
        "memory of all processes: MiB": Figure(max(first.peak_mib, second.peak_mib), 128),
    }


def _settings(sandbox: Sandbox, database: str, clerk: ClerkProcess) -> dict[str, str]:
    return {
        "CLERK_API_URL": clerk.url,
        "CLERK_TO_BETTERAUTH_MODE": "prod",
        "PROD_CLERK_TO_BETTERAUTH_DATABASE_URL": sandbox.postgres.url(database),
        "PROD_CLERK_TO_BETTERAUTH_CLERK_SECRET_KEY": KEY,
        "CLERK_TO_BETTERAUTH_DATABASE_DRIVER": "node",
        "CLERK_TO_BETTERAUTH_DATA_DIR": str(sandbox.folder),
        "CLERK_TO_BETTERAUTH_DRY_RUN": "0",
        "CLERK_TO_BETTERAUTH_CONFIRM": database,
        "CLERK_TO_BETTERAUTH_SCHEMA": "upgrade",
        "CLERK_TO_BETTERAUTH_LOG_FORMAT": "json",
        "AUTH_SECRET": "the-bench-s-own-secret-of-32-bytes",
    }


def _export(sandbox: Sandbox, latency: float) -> Run:
    with ClerkProcess(USERS, sandbox.seed, key=KEY, latency=latency) as clerk:
        settings = {**_settings(sandbox, "lobechat", clerk), "CLERK_TO_BETTERAUTH_STAGES": "export"}
        return run_job({**settings, "CLERK_EXPORT_CONCURRENCY": str(CONCURRENCY)})


def _export_figures(exports: list[Run]) -> Figures:
    plain, slow = (export.seconds["export"] for export in exports)
    figures = {
        "seconds": Figure(plain),
        "users a second": Figure(USERS / plain),
        "requests a second": Figure(exports[0].counts["export"]["requests"] / plain),
        "with 100 ms latency: seconds": Figure(slow),
        "memory of all processes: MiB": Figure(max(export.peak_mib for export in exports), 128),
    }
    _print("export", figures)
    return figures


def _save(export: Figures, cases: dict[str, Figures]) -> None:
    result = {
        "users": USERS,
        "far_ms": FAR_MS,
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.machine()},
        "load_average": os.getloadavg()[0],
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        **{
            name: {label: round(one.value, 3) for label, one in figures.items()}
            for name, figures in {"export": export, **cases}.items()
        },
    }
    (FOLDER / f"result-{USERS}.json").write_text(json.dumps(result, indent=2) + "\n")


def _print(name: str, figures: Figures) -> None:
    table = Table("", "measured", "at most", title=f"{name}: {USERS:,} users on {os.cpu_count()} cores")
    for label, (value, target) in figures.items():
        number = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"  # noqa: PLR2004
        over = target is not None and value > target
        table.add_row(label, f"[bold]{number}[/]" if over else number, "" if target is None else f"{target:g}")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
