"""An export that was killed goes on where it was, but never with the parts of another instance or of another time."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest
import structlog

from job.clerk.export.export import export_users
from job.clerk.files.users_file import read_users
from job.context import Context
from sandbox.clerk_server import ClerkServer, Fault
from tests.support.clerk_api import USERS, MakeContext, either_boundary

EVERYBODY = [f"user_{number:05d}" for number in range(USERS)]
PROGRAM = """
import sys
from pathlib import Path
from job.clerk.export.export import export_users
from job.context import Context
from job.core.progress import Progress
from job.settings import load_settings
from job.core.stop import Stop
import os
settings = load_settings(os.environ, Path(sys.argv[1]))
with Stop() as stop, Progress("json") as progress:
    export_users(Context(settings, "run", stop, progress))
"""
PAGES_BEFORE_THE_KILL = 4


def export_and_kill(clerk: ClerkServer, folder: Path) -> None:
    """Export in a process of its own, and kill that while it waits for a page."""
    waiting = threading.Event()
    clerk.faults.append(Fault("call", path="limit=500", skip=PAGES_BEFORE_THE_KILL, action=waiting.set))
    clerk.faults += [Fault("silence", seconds=60, path="limit=500") for _ in range(4)]
    environ = os.environ | {
        "CLERK_TO_BETTERAUTH_MODE": "prod",
        "CLERK_TO_BETTERAUTH_STAGES": "export",
        "PROD_CLERK_TO_BETTERAUTH_CLERK_SECRET_KEY": clerk.key,
        "PROD_CLERK_TO_BETTERAUTH_DATABASE_URL": "postgresql://nobody@localhost/none",
        "CLERK_API_URL": clerk.url,
        "CLERK_EXPORT_CONCURRENCY": "1",
    }
    with subprocess.Popen([sys.executable, "-c", PROGRAM, folder], env=environ, stdout=subprocess.DEVNULL) as process:
        assert waiting.wait(60)
        while len(clerk.faults) == 4:  # the page after the last one that went well is asked for
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
    clerk.faults.clear()
    clerk.requests.clear()


@pytest.fixture
def killed(clerk: ClerkServer, make_context: MakeContext, tmp_path: Path) -> Context:
    export_and_kill(clerk, tmp_path)
    return make_context(clerk.url)


def resumed(context: Context) -> bool:
    """Export, and say whether it went on with what was there."""
    with structlog.testing.capture_logs() as logs:
        export_users(context)
    [complete] = [one for one in logs if one["event"] == "export.complete"]
    return bool(complete["resumed"])


def exported(context: Context) -> list[str]:
    return [one.id for one in read_users(context.settings.json_file)]


def pages(clerk: ClerkServer) -> int:
    return sum("limit=500" in target for target in clerk.requests)


def state_file(context: Context) -> Path:
    return context.settings.folder / ".export" / "state.json"


def test_the_parts_are_for_the_owner_alone_and_do_not_hold_the_key(clerk: ClerkServer, killed: Context) -> None:
    folder = state_file(killed).parent
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert clerk.key.encode() not in path.read_bytes()


@either_boundary
def test_a_killed_export_goes_on_where_it_was(clerk: ClerkServer, killed: Context) -> None:
    assert resumed(killed)
    assert exported(killed) == EVERYBODY
    assert pages(clerk) <= 4  # of more than six


def test_a_page_that_was_half_written_is_fetched_again(killed: Context) -> None:
    for part in state_file(killed).parent.glob("part-*"):
        with part.open("ab") as file:
            file.write(b'{"id": "user_')
    assert resumed(killed)
    assert exported(killed) == EVERYBODY


@pytest.mark.parametrize("harm", ["another key", "too old", "no state", "bad state", "a part too short"])
def test_parts_that_do_not_fit_are_thrown_away(
    clerk: ClerkServer, killed: Context, make_context: MakeContext, harm: str
) -> None:
    path = state_file(killed)
    state = msgspec.json.decode(path.read_bytes())
    if harm == "another key":
        clerk.key = "sk_live_another"
    elif harm == "too old":
        path.write_bytes(msgspec.json.encode(state | {"began_at": state["began_at"] - 7 * 3600}))
    elif harm == "no state":
        path.unlink()
    elif harm == "bad state":
        path.write_bytes(b"{")
    else:
        next(path.parent.glob("part-*")).write_bytes(b"")
    context = make_context(clerk.url, key=clerk.key)
    assert not resumed(context)
    assert exported(context) == EVERYBODY
