"""`make demo`: the whole migration on this machine, against an embedded PostgreSQL and a simulated Clerk.

The job itself runs as an operator runs it: first as a dry run, then for real, with the schema upgraded on the way.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from job.core.logs import configure_logs
from job.run import main as run_job
from sandbox.sandbox import Sandbox

FOLDER = Path("data/demo")
USERS = int(os.environ.get("USERS", "1000"))
WAYS = {
    "password": "sign in with their password",
    "sso": "sign in through a provider",
    "password_or_sso": "sign in either way",
    "set_password": "must set a password by email first",
    "no_way_in": "have no way in: the report names them",
    "shut_out": "stay shut out, as at Clerk",
}


def main() -> int:
    """Run the demo; returns the job's exit code."""
    console = Console()
    shutil.rmtree(FOLDER, ignore_errors=True)
    configure_logs("warning", "console", ())
    console.print(f"[bold]Putting up a LobeChat 1.143 database with {USERS:,} users, and a Clerk that knows them …[/]")
    with Sandbox(USERS, folder=FOLDER.resolve()) as sandbox:
        settings = {
            **sandbox.settings(),
            "CLERK_TO_BETTERAUTH_SCHEMA": "upgrade",
            "CLERK_TO_BETTERAUTH_LOG_FORMAT": "console",
            "CLERK_TO_BETTERAUTH_LOG_LEVEL": "warning",
            "CLERK_TO_BETTERAUTH_BACKUP_CODES_FILE": str(sandbox.folder / "test" / "backup_codes.csv"),
            "AUTH_SECRET": "the-demo-s-own-secret-of-32-bytes",
        }
        for title, dry_run in (("Dry run: nothing is written", "1"), ("The real run", "0")):
            console.print(f"\n[bold]{title}[/]")
            began = time.monotonic()
            code = run_job({**settings, "CLERK_TO_BETTERAUTH_DRY_RUN": dry_run}, FOLDER)
            console.print(f"exit code {code} after {time.monotonic() - began:.1f} s")
            if code:
                return code
        _summarise(console, sandbox.folder / "test" / "report" / "latest")
    return 0


def _summarise(console: Console, folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text())
    table = Table(title="After the migration", title_justify="left", show_header=False)
    for way, meaning in WAYS.items():
        table.add_row(f"{report['sign_in'][way]:,}", meaning)
    console.print()
    console.print(table)
    checks = report["checks"]
    console.print(f"{sum(check['passed'] for check in checks)} of {len(checks)} checks passed.")
    console.print(f"Report: {folder / 'report.html'}", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
