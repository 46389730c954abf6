"""Fixtures: a simulated Clerk, and the context of an export that asks it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from job.clerk.api import client as api
from job.context import Context
from job.core.progress import Progress
from job.core.stop import Stop
from job.settings import load_settings
from sandbox.clerk_server import KEY, ClerkServer
from tests.support.clerk_api import USERS, MakeContext, user


@pytest.fixture
def clerk(request: pytest.FixtureRequest) -> Iterator[ClerkServer]:
    """`either_boundary` runs a test with either meaning of the creation-time filters."""
    with ClerkServer(
        map(user, range(USERS)), key="sk_live_sandbox", inclusive=getattr(request, "param", False)
    ) as server:
        yield server


@pytest.fixture
def make_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeContext]:
    """Contexts in `tmp_path`; requests are repeated after short waits."""
    monkeypatch.setattr(api, "FIRST_WAIT_SECONDS", 0.005)
    monkeypatch.setattr(api, "LONGEST_WAIT_SECONDS", 0.02)
    with Stop() as stop, Progress("json") as progress:

        def make(url: str, *, retries: int = 3, key: str = "sk_live_sandbox", **more: str) -> Context:
            mode = "test" if key == KEY else "prod"
            environ = {
                "CLERK_TO_BETTERAUTH_MODE": mode,
                "CLERK_TO_BETTERAUTH_STAGES": "export",
                f"{mode.upper()}_CLERK_TO_BETTERAUTH_CLERK_SECRET_KEY": key,
                f"{mode.upper()}_CLERK_TO_BETTERAUTH_DATABASE_URL": "postgresql://nobody@localhost/none",
                "CLERK_API_URL": url,
                "CLERK_EXPORT_RETRIES": str(retries),
                "CLERK_EXPORT_CONCURRENCY": "4",
                **more,
            }
            settings = load_settings(environ, tmp_path)
            return Context(settings, "run", stop, progress)

        yield make
