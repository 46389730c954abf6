"""Servers that begin with LobeChat's tables: one worker makes them, and all copy the stopped server's folder."""

import fcntl
import os
from pathlib import Path

from sandbox.postgres import Postgres
from tests.support.schema_databases import engine_for, upgrade

SHARED_FOLDER = "TEST_SHARED_FOLDER"  # the environment's, made by tests/conftest.py for all workers of a run
VERSION = int(os.environ.get("TEST_POSTGRES_VERSION", "16"))
BASE = ("0040", "0075")  # LobeChat 1.143, and the pin
LADDER = ("0016", "0040", "0060", "0075", "0089", "0093", "0109", "0122", "0130")


def copy_of(revisions: tuple[str, ...]) -> Postgres:
    """A server with a database for each of the revisions, named by `template_at`."""
    folder = Path(os.environ[SHARED_FOLDER])
    made = folder / f"postgres-{revisions[-1]}"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _make(folder / "unfinished", revisions)
            (folder / "unfinished").rename(made)
    return Postgres(VERSION, durable=False, copied_from=made)


def template_at(revision: str) -> str:
    """The name of the database at a revision, to be copied."""
    return f"lobechat_{revision}"


def _make(folder: Path, revisions: tuple[str, ...]) -> None:
    older = None
    with Postgres(VERSION, folder, durable=False) as server:
        for revision in revisions:
            name = server.create_database(template_at(older) if older else "template0", name=template_at(revision))
            upgrade(engine_for(server, name), older, revision)
            older = revision
