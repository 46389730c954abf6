"""The mapping in a process of its own gives what the mapping here gives, and a lost one costs nothing."""

import sys

import msgspec
import pytest
import structlog

from job.clerk.models import CsvUser
from job.core.errors import InputError
from job.lobechat.staging import staging
from job.lobechat.staging.chunks import Chunk, map_chunk
from job.lobechat.staging.mapper import Mapper, map_chunks
from job.mapping.rows import MappingOptions
from tests.support.job import DIGEST, Job, google, user

OPTIONS = MappingOptions(
    csv_expected=True,
    preserve_two_factor=True,
    auth_secret="a-secret",
    provider_map={"custom_acme": "google"},
    enabled_providers=frozenset({"google"}),
    exported_at_ms=0,
)


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
    return Chunk(users, [msgspec.msgpack.encode(row) for row in rows])


def test_it_gives_the_rows_that_mapping_here_gives_in_the_same_order() -> None:
    chunks = [chunk(first) for first in range(1, 16, 3)]
    with structlog.testing.capture_logs() as logs:
        assert list(map_chunks(chunks, OPTIONS)) == [map_chunk(one, OPTIONS) for one in chunks]
    assert not logs


def test_what_fails_there_fails_here() -> None:
    with Mapper(OPTIONS) as process:
        process.send(Chunk([user(1, id="bad\nid")], []))
        with pytest.raises(InputError, match="user's id"):
            process.receive()
        process.send(chunk(1))
        assert process.receive() == map_chunk(chunk(1), OPTIONS)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_process_costs_nothing(when: str) -> None:
    with structlog.testing.capture_logs() as logs, Mapper(OPTIONS) as process:
        assert process._process is not None
        if when == "after":
            process.send(chunk(1))
        process._process.kill()
        process._process.wait()
        if when == "before":
            process.send(chunk(1))
        for _ in range(2):
            assert process.receive() == map_chunk(chunk(1), OPTIONS)
            process.send(chunk(1))
    assert [log["event"] for log in logs] == ["map.process_lost"]


def test_a_machine_that_starts_no_process_maps_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    chunks = [chunk(first) for first in (1, 4, 7)]
    with structlog.testing.capture_logs() as logs:
        assert list(map_chunks(chunks, OPTIONS)) == [map_chunk(one, OPTIONS) for one in chunks]
    assert [log["event"] for log in logs] == ["map.process_lost"]


def test_a_run_in_many_chunks_ends_with_everybody(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging.chunked, "__defaults__", (7,))
    users = [user(number, external_accounts=(google(number),)) for number in range(1, 101)]
    job.give(users, **{one.id: {"password_digest": DIGEST} for one in users}, user_only_csv={"password_digest": DIGEST})
    assert job.run(ORPHANS="migrate") == 0
    assert job.sql("SELECT count(*) FROM users") == [(101,)]
    assert job.report["counts"]["input"] == {"csv_rows": 101}
