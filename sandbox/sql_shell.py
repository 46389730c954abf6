"""`make sql-shell`: psql in a session like the job's, with Clerk's users staged and planned.

A session's temporary tables are its own, so what a migration staged is written into a script that psql runs first.
"""

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from psycopg2.extensions import parse_dsn

from job.context import Context
from job.core.logs import configure_logs
from job.core.progress import Progress
from job.core.stop import Stop
from job.lobechat.migration import Migration
from job.lobechat.plan import plan
from job.lobechat.session import temporary
from job.lobechat.session.database import Database
from job.lobechat.session.lock import hold_lock
from job.lobechat.tables import PLANNED, RUN, STAGED
from job.lobechat.verify.sign_in import fill_refused_domains
from job.report import Report
from job.run import main as run_job
from job.settings import load_settings
from sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[1]
USERS = int(os.environ.get("USERS", "200"))
WELCOME = r"""
\echo 'Clerk has been staged and planned.  \\dt pg_temp.* and \\dv pg_temp.* list the tables and views of the session.'
\echo 'Run a statement of the job, for example:'
\echo '    \\i job/lobechat/plan/clear.sql'
\echo '    \\i job/lobechat/plan/users.sql'
\echo '    SELECT id, action, row_action, old_email, new_email FROM pg_temp.plan_users LIMIT 5;'
"""


def main() -> int:
    """Put up a sandbox and open psql; returns psql's exit code."""
    configure_logs("error", "console", ())
    with Sandbox(USERS, conflicts=True) as sandbox, tempfile.TemporaryDirectory(prefix="sql-shell-") as folder:
        settings = {**sandbox.settings(), "CLERK_TO_BETTERAUTH_LOG_LEVEL": "error", "AUTH_SECRET": "of-the-sql-shell"}
        upgrade = {"CLERK_TO_BETTERAUTH_DRY_RUN": "0", "CLERK_TO_BETTERAUTH_SCHEMA": "upgrade"}
        code = run_job({**settings, **upgrade, "CLERK_TO_BETTERAUTH_STAGES": "check,export"}, Path(folder))
        if code:
            return code
        script = Path(folder) / "session.sql"
        script.write_text("\n".join(session_script(settings, Path(folder))), encoding="utf-8")
        return _open_psql(sandbox, script)


def session_script(settings: dict[str, str], folder: Path) -> Iterator[str]:
    """What makes psql's session like the job's, after staging and planning."""
    loaded = load_settings({**settings, "CLERK_TO_BETTERAUTH_CONFLICTS": "skip"}, folder)
    with Stop() as stop, Progress("json") as progress:
        context = Context(loaded, "sql-shell", stop, progress)
        database = Database(loaded.connection_string(), loaded.database_driver, "sql-shell", stop, 600)
        with (
            database.connect() as work,
            hold_lock(database, work, to_write=True) as lock,
        ):
            migration = Migration(context, database, lock, Report(loaded, "sql-shell"), work)
            migration.plan()
            yield "\\set QUIET 1\n\\set ON_ERROR_STOP 1\nSET search_path = pg_catalog, pg_temp;"
            with migration.reading() as connection:
                yield from (f"{text.rstrip().removesuffix(';')};" for text in _definitions(migration))
                fill_refused_domains(connection)
                for table in (*STAGED, "refused_domains", "run"):
                    columns = ", ".join({**STAGED, **PLANNED, "run": RUN}[table])
                    rows = io.StringIO()
                    with closing(connection.connection.cursor()) as cursor:
                        cursor.copy_expert(f"COPY pg_temp.{table} ({columns}) TO STDOUT", rows)
                    yield f"COPY pg_temp.{table} ({columns}) FROM STDIN;\n{rows.getvalue()}\\."
                    yield f"ANALYZE pg_temp.{table};"
    yield from (f"\\o /dev/null\n\\i '{ROOT}/job/lobechat/plan/{name}.sql'\n\\o" for name, _ in plan.STEPS)
    yield f"\\unset ON_ERROR_STOP\n\\unset QUIET{WELCOME}"


def _definitions(migration: Migration) -> Iterator[str]:
    return temporary.definitions(temporary.read_present_columns(migration.connection))


def _open_psql(sandbox: Sandbox, script: Path) -> int:
    """Interactive on a terminal; else it runs what stands on stdin."""
    command = [str(sandbox.postgres.bin / "psql")]
    parts = {name: value for name, value in parse_dsn(sandbox.database_url).items() if name != "dbname"}
    environ = {**os.environ, "PGDATABASE": "lobechat", **{f"PG{name.upper()}": value for name, value in parts.items()}}
    if sys.stdin.isatty():
        environ["PSQLRC"] = str(script)
    else:
        command += ["-v", "ON_ERROR_STOP=1", "-X", "-f", str(script), "-f", "-"]
    return subprocess.run(command, check=False, cwd=ROOT, env=environ).returncode  # noqa: S603 - PostgreSQL's own psql


if __name__ == "__main__":
    sys.exit(main())
