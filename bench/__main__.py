"""Measure a migration of USERS users: export, migrate, verify, a second run, and the raw COPY to hold them against."""

import json
import os
import platform
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.measure import AT_REST, Run, copy_raw, run_job
from sandbox.clerk_process import ClerkProcess
from sandbox.sandbox import Sandbox

USERS = int(os.environ.get("USERS", "100000"))
KEY = "sk_live_bench"  # a production instance: 100 requests a second
LATENCY_SECONDS = 0.1
CONCURRENCY = 10
WHOLE = "check,migrate,verify"
TARGETS = Path(__file__).parent


def main() -> int:
    """Print the table and write result-<users>.json beside this file; returns the exit code."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        sandbox = stack.enter_context(Sandbox(USERS, folder=folder, chats=False))
        (folder / "prod").symlink_to(folder / "test")
        exports = [_export(sandbox, latency) for latency in (0.0, LATENCY_SECONDS)]
        upgrade, first, second = (_run_at_rest(sandbox, stages) for stages in ("check", WHOLE, WHOLE))
        raw_seconds = copy_raw(sandbox.postgres, sandbox.database_url)
    result = _result(exports, first, second, raw_seconds)
    (TARGETS / f"result-{USERS}.json").write_text(json.dumps(result, indent=2) + "\n")
    _print(result)
    return max(run.exit_code for run in (*exports, upgrade, first, second))


def _run_at_rest(sandbox: Sandbox, stages: str) -> Run:
    """One run on a database that has no work of its own left over."""
    for statement in AT_REST:
        sandbox.postgres.execute(statement, "lobechat")
    return run_job({**_settings(sandbox), "CLERK_TO_BETTERAUTH_STAGES": stages})


def _settings(sandbox: Sandbox) -> dict[str, str]:
    return {
        "CLERK_TO_BETTERAUTH_MODE": "prod",
        "PROD_CLERK_TO_BETTERAUTH_DATABASE_URL": sandbox.database_url,
        "PROD_CLERK_TO_BETTERAUTH_CLERK_SECRET_KEY": KEY,
        "CLERK_TO_BETTERAUTH_DATABASE_DRIVER": "node",
        "CLERK_TO_BETTERAUTH_DATA_DIR": str(sandbox.folder),
        "CLERK_TO_BETTERAUTH_DRY_RUN": "0",
        "CLERK_TO_BETTERAUTH_CONFIRM": "lobechat",
        "CLERK_TO_BETTERAUTH_SCHEMA": "upgrade",
        "AUTH_SECRET": "the-bench-s-own-secret-of-32-bytes",
    }


def _export(sandbox: Sandbox, latency: float) -> Run:
    with ClerkProcess(USERS, sandbox.seed, key=KEY, latency=latency) as clerk:
        settings = {"CLERK_API_URL": clerk.url, "CLERK_TO_BETTERAUTH_STAGES": "export"}
        return run_job({**_settings(sandbox), **settings, "CLERK_EXPORT_CONCURRENCY": str(CONCURRENCY)})


def _result(exports: list[Run], first: Run, second: Run, raw_seconds: float) -> dict[str, object]:
    migrate, verify, again = first.seconds["migrate"], first.seconds["verify"], second.seconds["migrate"]
    plain, slow = (export.seconds["export"] for export in exports)
    requests = exports[0].counts["export"]["requests"]
    return {
        "users": USERS,
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.machine()},
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "raw_copy_seconds": round(raw_seconds, 2),
        "migrate_seconds": migrate,
        "migrate_to_raw_copy": round(migrate / raw_seconds, 2),
        "verify_seconds": verify,
        "verify_to_migrate": round(verify / migrate, 2),
        "second_run_seconds": again,
        "second_run_to_first": round(again / migrate, 2),
        "peak_memory_mib": round(max(first.peak_mib, second.peak_mib), 1),
        "export_peak_memory_mib": round(max(export.peak_mib for export in exports), 1),
        "export_seconds": plain,
        "export_users_a_second": round(USERS / plain),
        "export_requests_a_second": round(requests / plain, 1),
        "export_with_latency_seconds": slow,
        "export_with_latency_users_a_second": round(USERS / slow),
    }


def _print(result: dict[str, object]) -> None:
    table = Table(title=f"{USERS:,} users on {os.cpu_count()} cores", show_header=False)
    for name, value in result.items():
        if name not in {"machine", "users", "measured_at"}:
            table.add_row(name.replace("_", " "), f"{value:,}" if isinstance(value, int) else f"{value}")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
