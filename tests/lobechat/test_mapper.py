"""The mapping in processes of its own gives what the mapping here gives, and a lost process costs nothing."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import msgspec
import pytest
import structlog

from job.clerk.models import CsvUser
from job.lobechat.staging import mapper
from job.lobechat.staging.chunks import Chunk, map_chunk
from job.lobechat.staging.mapper import Mapper
from job.mapping.rows import MappingOptions
from tests.support.job import DIGEST, google, user

OPTIONS = MappingOptions(
    csv_expected=True,
    preserve_two_factor=True,
    auth_secret="a-secret",
    provider_map={"custom_acme": "google"},
    enabled_providers=frozenset({"google"}),
    links_verified_only=True,
    exported_at_ms=0,
)
LINUX = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux tells of the end of another's child")
SECONDS_TO_END = 30
JOB = """
import sys
from job.lobechat.staging.mapper import Mapper
from tests.lobechat.test_mapper import OPTIONS, pids
with Mapper(OPTIONS, 2) as mapper:
    print(*pids(mapper), flush=True)
    sys.stdin.read()
"""


def chunk(first: int) -> Chunk:
    numbers = range(first, first + 3)
    rows = [
        CsvUser(at, f"user_{at}", password_digest=DIGEST, password_hasher="bcrypt", totp_secret="7" * 31 + "Q")
        for at in numbers
    ]
    users = [
        user(
            at, first_name="tab\tand \\ back", external_accounts=(google(at),), password_enabled=True, totp_enabled=True
        )
        for at in numbers
    ]
    return Chunk([msgspec.json.encode(one) for one in users], [msgspec.msgpack.encode(row) for row in rows])


CHUNKS = [chunk(first) for first in range(1, 40, 3)]
BAD = Chunk([msgspec.json.encode(user(1, id="user_\u00e4"))], [])


def pids(processes: Mapper) -> list[int]:
    assert processes._pool is not None
    return list(processes._pool._processes)


@contextmanager
def assert_all_end(numbers: list[int]) -> Iterator[None]:
    """None of these processes, whoever's children they are, outlives the block for long."""
    handles = [os.pidfd_open(number) for number in numbers]
    try:
        yield
        for handle in handles:
            assert select.select([handle], [], [], SECONDS_TO_END)[0]
    finally:
        for handle in handles:
            os.close(handle)


@pytest.mark.parametrize("processes", [0, 1, 2])
def test_it_gives_the_rows_that_mapping_here_gives_in_the_same_order(processes: int) -> None:
    with structlog.testing.capture_logs() as logs, Mapper(OPTIONS, processes) as running:
        assert list(running.map(CHUNKS)) == [map_chunk(one, OPTIONS) for one in CHUNKS]
    assert not logs


def test_chunks_are_made_only_a_few_ahead() -> None:
    made = 0

    def chunks() -> Iterator[Chunk]:
        nonlocal made
        for one in CHUNKS:
            made += 1
            yield one

    with Mapper(OPTIONS, 1) as running:
        next(running.map(chunks()))
    assert made == 1 + mapper.AHEAD


def test_what_fails_there_fails_here_and_the_others_go_on() -> None:
    with Mapper(OPTIONS, 2) as running:
        mapped = running.map([CHUNKS[0], BAD, CHUNKS[1]])
        assert next(mapped) == map_chunk(CHUNKS[0], OPTIONS)
        with pytest.raises(msgspec.ValidationError, match="not a Clerk id"), structlog.testing.capture_logs() as logs:
            next(mapped)
        assert not logs
        assert list(running.map(CHUNKS)) == [map_chunk(one, OPTIONS) for one in CHUNKS]


@pytest.mark.parametrize("done", [0, 1, 5])
def test_a_lost_process_costs_nothing(done: int) -> None:
    with structlog.testing.capture_logs() as logs, Mapper(OPTIONS, 2) as running:
        mapped = running.map(CHUNKS)
        rows = [next(mapped) for _ in range(done)]
        os.kill(pids(running)[0], signal.SIGKILL)
        assert [*rows, *mapped] == [map_chunk(one, OPTIONS) for one in CHUNKS]
    assert {log["event"] for log in logs} <= {"map.process_lost"}
    assert len(logs) <= 1


def test_a_machine_that_starts_no_process_maps_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise FileNotFoundError("/dev/shm")

    monkeypatch.setattr(mapper, "ProcessPoolExecutor", refuse)
    with structlog.testing.capture_logs() as logs, Mapper(OPTIONS, 2) as running:
        assert list(running.map(CHUNKS)) == [map_chunk(one, OPTIONS) for one in CHUNKS]
    assert [log["event"] for log in logs] == ["map.process_lost"]


@pytest.mark.parametrize("chunks", [[], CHUNKS], ids=["as they start", "at work"])
def test_the_interrupt_that_a_terminal_sends_to_all_leaves_them_at_work(chunks: list[Chunk]) -> None:
    with structlog.testing.capture_logs() as logs, Mapper(OPTIONS, 2) as running:
        assert len(list(running.map(chunks))) == len(chunks)
        for number in pids(running):
            os.kill(number, signal.SIGINT)
        assert list(running.map(CHUNKS)) == [map_chunk(one, OPTIONS) for one in CHUNKS]
    assert not logs


@LINUX
def test_they_end_with_it() -> None:
    with ExitStack() as stack:
        running = stack.enter_context(Mapper(OPTIONS, 2))
        with assert_all_end(pids(running)):
            stack.close()


@LINUX
def test_they_end_with_a_job_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", JOB], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with assert_all_end([int(number) for number in process.stdout.readline().split()]):
            process.kill()
