"""Behind PgBouncer in transaction mode the job refuses, says what to do, and leaks nothing."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.support.job import Job

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


@pytest.fixture
def pooled_url(job: Job, tmp_path: Path) -> Iterator[str]:
    if not PROGRAM and not os.environ.get("CI"):
        pytest.skip("needs PgBouncer: apt-get install pgbouncer")
    assert PROGRAM, "PgBouncer is missing: apt-get install pgbouncer"
    parts = urlsplit(job.url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path / "pgbouncer"
    folder.mkdir()
    folder.chmod(0o777)
    for above in (folder, *folder.parents):
        if os.geteuid() == 0 and above.is_relative_to("/tmp") and above != Path("/tmp"):
            above.chmod(above.stat().st_mode | 0o005)
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={parts.hostname} port={parts.port} user={parts.username} password={parts.password}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\npool_mode = transaction\n"
        "unix_socket_dir =\nlogfile =\npidfile =\n"
    )
    (folder / "pgbouncer.ini").chmod(0o644)
    command = [PROGRAM, *(["-u", "nobody"] if os.geteuid() == 0 else []), str(folder / "pgbouncer.ini")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield urlunsplit(parts._replace(netloc=f"postgres:x@127.0.0.1:{port}"))
        process.terminate()


def test_a_pooler_in_transaction_mode_is_refused_and_nothing_leaks(job: Job, pooled_url: str) -> None:
    before, direct = job.rows(), job.url
    job.url = pooled_url
    assert job.run() == 5
    assert "pooler" in job.report["error"]["message"]
    assert "direct host" in job.report["error"]["hint"]
    job.url = direct
    assert job.rows() == before
    assert job.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]
    assert job.run() == 0
