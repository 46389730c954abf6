"""A disk without room: exit 75, no half batch, and with room the job goes on."""

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from job.lobechat.apply.apply import apply_batch
from sandbox.clerk_server import ClerkServer
from sandbox.postgres import Postgres
from tests.support.job import TABLES, Job
from tests.support.processes import Rows, assert_no_half_batch, start
from tests.support.shelf import open_shelf
from tests.support.volume import leave_room, mount_volume, needs_mount

NO_ROOM = Path("/dev/full")  # whatever is written there meets ENOSPC
SIZE = 64 << 20
STEP = 64 << 10


@contextmanager
def without_room(file: Path) -> Iterator[None]:
    """Put a device without room in place of an empty file of the server."""
    assert file.stat().st_size == 0
    aside = file.with_suffix(".aside")
    file.rename(aside)
    file.symlink_to(NO_ROOM)
    try:
        yield
    finally:
        aside.rename(file)


@pytest.mark.skipif(not NO_ROOM.exists(), reason="only Linux has /dev/full")
def test_a_full_disk_ends_with_75_and_takes_the_batch_back(job: Job, server: Postgres, expected: Rows) -> None:
    """The batch's users are written when `accounts` has to grow and cannot."""
    before = job.rows(*TABLES, "messages")
    [(path,)] = job.sql("SELECT pg_relation_filepath('accounts')")
    with without_room(server.folder / "data" / path):
        assert job.run(BATCH_SIZE="10") == 75
        assert "out of disk space" in job.report["error"]["message"]
        assert "53100 disk_full" in job.report["error"]["message"]
    assert job.rows(*TABLES, "messages") == before
    assert_no_half_batch(job)
    assert job.run(BATCH_SIZE="10") == 0
    assert job.rows(*TABLES, "messages") == expected


@pytest.fixture
def volume(job: Job, server: Postgres) -> Iterator[Path]:
    """A file system of 64 MB that holds the job's database, its temporary tables among it, and nothing else."""
    name = urlsplit(job.url).path[1:]
    with mount_volume(SIZE) as folder:
        if server._user:
            shutil.chown(folder, server._user)
        server.execute(f"CREATE TABLESPACE volume LOCATION '{folder}'")
        server.execute(f"ALTER DATABASE {name} SET TABLESPACE volume")
        yield folder
        (folder / "ballast").unlink()
        server.execute(f"ALTER DATABASE {name} SET TABLESPACE pg_default")
        server.execute("DROP TABLESPACE volume")


@needs_mount
def test_a_volume_full_at_any_moment_ends_with_75_and_no_half_batch(job: Job, expected: Rows, volume: Path) -> None:
    """Each run has a little more room than the one before, until one comes through."""
    rooms = iter(range(0, SIZE, STEP))
    leave_room(volume, next(rooms))
    while (code := job.run(BATCH_SIZE="10")) == 75:
        assert "out of disk space" in job.report["error"]["message"]
        leave_room(volume, SIZE // 2)  # the server may need some for a connection
        if job.sql("SELECT to_regclass('clerk_to_betterauth.batches')") != [(None,)]:
            assert_no_half_batch(job)
        leave_room(volume, next(rooms))
    assert code == 0
    assert job.rows(*TABLES, "messages") == expected


@needs_mount
def test_a_volume_that_fills_between_two_batches_loses_none_before_it(
    job: Job, expected: Rows, volume: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = count(1)

    def carry_out_and_fill(*arguments: Any) -> tuple[int, int]:
        done = apply_batch(*arguments)
        if next(batches) == 3:
            leave_room(volume, 0)
        return done

    leave_room(volume, SIZE // 2)
    monkeypatch.setattr("job.lobechat.migration.apply_batch", carry_out_and_fill)
    assert job.run(BATCH_SIZE="10") == 75
    assert "out of disk space" in job.report["error"]["message"]
    assert_no_half_batch(job)
    [(arrived,)] = job.sql("SELECT count(*) FROM accounts")
    assert 60 <= arrived < 600
    leave_room(volume, SIZE // 2)
    assert job.run(BATCH_SIZE="10") == 0
    assert job.rows(*TABLES, "messages") == expected


def start_without_room(job: Job, **settings: str) -> "subprocess.Popen[str]":
    """The job's own disk is full: it may make files, but put nothing into them."""
    process = start(job, **settings)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    return process


def test_an_export_without_room_is_named(job: Job) -> None:
    with ClerkServer() as clerk:
        settings = {"CLERK_API_URL": clerk.url, "TEST_CLERK_TO_BETTERAUTH_CLERK_SECRET_KEY": clerk.key}
        with start_without_room(job, STAGES="export", **settings) as process:
            output, _ = process.communicate(timeout=60)
    assert process.returncode == 3, output[-2000:]
    assert "clerk_users.json cannot be written" in output


def test_a_fetched_csv_without_room_is_named(job: Job) -> None:
    with open_shelf((200, {}, b"id\n")) as shelf:
        url = f"http://127.0.0.1:{shelf.server_port}/users.csv"
        settings = {"TEST_CLERK_TO_BETTERAUTH_CLERK_SECRET_KEY": "sk_test_x", "CSV_URL": url}
        with start_without_room(job, STAGES="export", **settings) as process:
            output, _ = process.communicate(timeout=60)
    assert process.returncode == 3, output[-2000:]
    assert "the CSV cannot be written" in output
    assert "free space" in output


def test_a_run_without_room_is_named(job: Job) -> None:
    with start_without_room(job) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 3, output[-2000:]
    assert "temporary files cannot be written" in output
    assert "run.bug" not in output


FULL_AT_THE_END = """
import resource, sys
from job.__main__ import start
from job.settings import Stage
from job.stages import STAGES
verify = STAGES[Stage.VERIFY]
def verify_and_fill(*arguments):
    done = verify(*arguments)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    return done
STAGES[Stage.VERIFY] = verify_and_fill
sys.exit(start([]))
"""


def test_a_report_without_room_is_written_by_the_next_run(job: Job, expected: Rows) -> None:
    """The migration is complete: only the report is missing, and that is no mistake in the settings."""
    with start(job, command=(sys.executable, "-c", FULL_AT_THE_END)) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 75, output[-2000:]
    assert "there is no room for the report" in output
    assert "run again" in output
    assert job.rows(*TABLES, "messages") == expected
    assert job.run() == 0
    assert job.report["exit_code"] == 0
    assert job.rows(*TABLES, "messages") == expected


def test_a_log_without_room_stops_nothing(job: Job) -> None:
    with NO_ROOM.open("w") as full, start(job, stdout=full) as process:
        assert process.wait(timeout=60) == 0
    assert job.sql("SELECT count(*) FROM accounts") == [(600,)]
