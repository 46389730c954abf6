"""The CSV is fetched whole, with the right digest, or not at all; what the address holds is never told."""

import gzip
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import stamina
import structlog

from job.clerk.files import csv_fetch
from job.clerk.files.csv_fetch import fetch_csv
from job.clerk.files.csv_file import read_csv
from job.context import Context
from job.core.errors import InputError, TemporaryError
from tests.support.clerk_api import MakeContext
from tests.support.shelf import Answer, Shelf, open_shelf
from tests.support.volume import leave_room, mount_volume, needs_mount

CSV = b"id,password_digest,password_hasher\n" + b"".join(b"user_%d,,\n" % number for number in range(20_000))
SHA256 = hashlib.sha256(CSV).hexdigest()
TOKEN = "t0ken"

GOOD: Answer = (200, {}, CSV)
ZIPPED: Answer = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * len(CSV)))
CUT: Answer = (200, {"Content-Length": str(len(CSV) + 1)}, CSV)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with open_shelf(GOOD) as server:
        yield server


@pytest.fixture
def make_fetch(shelf: Shelf, make_context: MakeContext) -> Iterator[Callable[..., Context]]:
    def make(**more: str) -> Context:
        url = f"http://user:{TOKEN}@127.0.0.1:{shelf.server_port}/users.csv?signature={TOKEN}"
        return make_context("http://127.0.0.1:1", CLERK_TO_BETTERAUTH_CSV_URL=url, **more)

    with stamina.set_testing(True, attempts=3):
        yield make


def test_the_file_arrives_for_the_owner_alone(shelf: Shelf, make_fetch: Callable[..., Context]) -> None:
    context = make_fetch(CLERK_TO_BETTERAUTH_CSV_SHA256=SHA256.upper())
    with structlog.testing.capture_logs() as logs:
        fetch_csv(context)
    path = context.settings.csv_file
    assert path.read_bytes() == CSV
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert len(list(read_csv(path))) == 20_000
    assert shelf.asked == [f"/users.csv?signature={TOKEN}"]
    assert TOKEN not in repr(logs)


@pytest.mark.parametrize("bad", [(500, {}, b""), (503, {}, b"busy"), (429, {}, b""), CUT])
def test_a_failure_that_passes_is_waited_out(shelf: Shelf, make_fetch: Callable[..., Context], bad: Answer) -> None:
    shelf.answers = [bad, bad, GOOD]
    context = make_fetch()
    fetch_csv(context)
    assert context.settings.csv_file.read_bytes() == CSV


@pytest.mark.parametrize("bad", [(500, {}, b""), CUT])
def test_a_failure_that_stays_is_temporary_and_leaves_the_earlier_file(
    shelf: Shelf, make_fetch: Callable[..., Context], bad: Answer
) -> None:
    context = make_fetch()
    fetch_csv(context)
    shelf.answers = [bad]
    with pytest.raises(TemporaryError) as caught:
        fetch_csv(context)
    assert TOKEN not in str(caught.value) + caught.value.hint
    assert context.settings.csv_file.read_bytes() == CSV
    assert [one.name for one in context.settings.folder.iterdir()] == [context.settings.csv_file.name]


@pytest.mark.parametrize("status", [301, 302, 401, 403, 404, 410])
def test_a_refusal_or_a_redirect_is_an_input_to_correct(
    shelf: Shelf, make_fetch: Callable[..., Context], status: int
) -> None:
    shelf.answers = [(status, {"Location": f"https://example.org/?{TOKEN}"}, b"")]
    context = make_fetch()
    with pytest.raises(InputError, match=str(status)) as caught:
        fetch_csv(context)
    assert list(context.settings.folder.iterdir()) == []
    assert TOKEN not in str(caught.value) + caught.value.hint
    assert len(shelf.asked) == 1


def test_another_digest_is_refused_and_the_earlier_file_kept(shelf: Shelf, make_fetch: Callable[..., Context]) -> None:
    context = make_fetch(CLERK_TO_BETTERAUTH_CSV_SHA256=SHA256)
    fetch_csv(context)
    shelf.answers = [(200, {}, CSV + b"user_x,,\n")]
    with pytest.raises(InputError, match="SHA-256"):
        fetch_csv(context)
    folder: Path = context.settings.folder
    assert context.settings.csv_file.read_bytes() == CSV
    assert [one.name for one in folder.iterdir()] == [context.settings.csv_file.name]


@pytest.mark.parametrize("answer", [GOOD, ZIPPED], ids=["told beforehand", "a thousand times larger unpacked"])
def test_what_is_too_large_for_a_csv_is_refused_and_not_kept(
    shelf: Shelf, make_fetch: Callable[..., Context], monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    context = make_fetch()
    fetch_csv(context)
    monkeypatch.setattr(csv_fetch, "LARGEST_CSV", len(CSV) - 1)
    shelf.answers = [answer]
    with pytest.raises(InputError, match=r"127\.0\.0\.1 sends more than") as caught:
        fetch_csv(context)
    assert "CLERK_TO_BETTERAUTH_CSV_URL" in caught.value.hint
    assert TOKEN not in str(caught.value) + caught.value.hint
    assert len(shelf.asked) == 2
    assert context.settings.csv_file.read_bytes() == CSV
    assert [one.name for one in context.settings.folder.iterdir()] == [context.settings.csv_file.name]


@pytest.fixture
def volume() -> Iterator[Path]:
    with mount_volume(8 << 20) as folder:
        yield folder


@needs_mount
@pytest.mark.parametrize("answer", [GOOD, ZIPPED], ids=["told beforehand", "found on the way"])
def test_a_csv_never_takes_more_than_half_of_the_room(
    shelf: Shelf, make_fetch: Callable[..., Context], volume: Path, answer: Answer
) -> None:
    shelf.answers = [answer]
    context = make_fetch(CLERK_TO_BETTERAUTH_DATA_DIR=str(volume))
    context.settings.folder.mkdir()
    leave_room(volume, 2 * len(CSV) - (64 << 10))
    with pytest.raises(InputError, match="more than half of the 0 MiB free in") as caught:
        fetch_csv(context)
    assert "free some space" in caught.value.hint
    assert list(context.settings.folder.iterdir()) == []
    leave_room(volume, 2 * len(CSV) + (64 << 10))
    fetch_csv(context)


@needs_mount
def test_a_disk_that_fills_up_meanwhile_is_named(
    shelf: Shelf, make_fetch: Callable[..., Context], volume: Path
) -> None:
    context = make_fetch(CLERK_TO_BETTERAUTH_DATA_DIR=str(volume))
    context.settings.folder.mkdir()
    shelf.on_ask = lambda: leave_room(volume, 64 << 10)
    with pytest.raises(InputError, match="No space left on device") as caught:
        fetch_csv(context)
    assert "free space" in caught.value.hint
    assert list(context.settings.folder.iterdir()) == []
