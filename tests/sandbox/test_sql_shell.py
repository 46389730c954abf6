"""Every statement of the plan and of verify runs in psql as it stands in its file."""

import subprocess
import sys
from pathlib import Path

from job.lobechat.plan import plan

ROOT = Path(__file__).parents[2]
VERIFY = ("sign_in", "sign_in_counts", "users_who_need_action", "provider_links", "findings", "checks")


def test_each_file_runs_in_a_session_with_staged_and_planned_users() -> None:
    files = [*(f"plan/{name}" for name in ("scope_all", "clear", *(name for name, _ in plan.STEPS), "all_conflicts"))]
    files += ["plan/clear", "plan/users_simple", "plan/backup_codes", *(f"verify/{name}" for name in VERIFY)]
    script = "".join(f"\\echo {name}\n\\i job/lobechat/{name}.sql\n" for name in files)
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.sql_shell"], input=script, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "conflict_email" in done.stdout
    assert "verify/checks" in done.stdout
