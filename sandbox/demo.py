"""`make demo`: the whole migration on this machine, against an embedded PostgreSQL and a simulated Clerk.

The job itself runs as an operator runs it: first as a dry run, then for real, with the schema upgraded on the way.
"""

import os
import shutil
import sys
from pathlib import Path

from rich.console import Console

from job.core.logs import configure_logs
from job.core.output import open_standard_streams
from job.run import main as run_job
from sandbox.sandbox import Sandbox

FOLDER = Path("data/demo")
USERS = int(os.environ.get("USERS", "1000"))


def main() -> int:
    """Run the demo; returns the job's exit code."""
    console = Console(highlight=False)
    shutil.rmtree(FOLDER, ignore_errors=True)
    configure_logs("warning", "console", ())
    console.print(f"Putting up LobeChat 1.143 with {USERS:,} users, and a Clerk that knows them …", style="bold")
    with Sandbox(USERS, folder=FOLDER.resolve()) as sandbox:
        settings = {
            **sandbox.settings(),
            "CLERK_TO_BETTERAUTH_SCHEMA": "upgrade",
            "CLERK_TO_BETTERAUTH_LOBECHAT_RELEASE": "2.1.39",
            "CLERK_TO_BETTERAUTH_LOG_FORMAT": "console",
            "CLERK_TO_BETTERAUTH_BACKUP_CODES_FILE": str(sandbox.folder / "test" / "backup_codes.csv"),
            "AUTH_SECRET": "the-demo-s-own-secret-of-32-bytes",
        }
        for dry_run in ("1", "0"):
            console.print()
            code = run_job({**settings, "CLERK_TO_BETTERAUTH_DRY_RUN": dry_run}, FOLDER)
            if code:
                return code
    return 0


if __name__ == "__main__":
    open_standard_streams()
    sys.exit(main())
