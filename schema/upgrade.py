"""Brings a database from one revision to a later one, exactly as LobeChat's migrator would."""

import io
from collections.abc import Callable, Collection, Sequence
from functools import cache
from pathlib import Path

import structlog
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from schema import journal
from schema.errors import NotLobeChatError, TemporaryError
from schema.resumable import PGVECTOR_SCHEMA, PLAIN
from schema.structure import differences, snapshot, structure_at, touched_tables
from schema.transactions import LIMITS, Connects, transaction, translated

log = structlog.get_logger()

SCRIPT_HEAD = f"""-- Run it with psql -v ON_ERROR_STOP=1 -f: a revision must not run after one that failed.
{journal.CREATE};
"""


@cache
def scripts() -> ScriptDirectory:
    """Return Alembic's view of the revisions: one line with one head."""
    return ScriptDirectory(str(Path(__file__).parent))


def upgrade(  # noqa: PLR0913 - one keyword for each thing that the caller decides
    engine: Connects,
    revision: str | None,
    plan: Sequence[str],
    *,
    recorded: Collection[str] = (),
    pgvector: str = "public",
    on_revision: Callable[[str], None] = lambda _: None,
    check_stop: Callable[[], None] = lambda: None,
) -> None:
    """Run the revisions of `plan`, which follow on `revision` (None: the empty database), one transaction each.

    Those in `recorded` are written into the journal without being run; `pgvector` is the schema that the extension is
    in.  `on_revision` is told of each one that is done; `check_stop` may raise between two of them.
    """
    with translated("the upgrade"), engine.connect() as connection:
        for step in plan:
            check_stop()
            try:
                with transaction(connection, f"revision {step}"):
                    _lock_journal(connection, revision)
                    if step not in recorded:
                        run_revision(connection, step, pgvector)
                    finish_revision(connection, step)
            except TemporaryError:
                check_stop()  # a statement that was cancelled because the run must end
                raise
            log.debug("schema.revision", revision=step, migration=journal.entries()[step].tag)
            on_revision(step)
            revision = step


def run_revision(connection: Connection, revision: str, pgvector: str) -> None:
    """Run the statements of a revision, in one round trip; `pgvector` is the schema that the extension is in."""
    connection.exec_driver_sql(render_revision(revision, pgvector), execution_options={"no_parameters": True})


@cache
def render_revision(revision: str, pgvector: str) -> str:
    """Return the statements of a revision, as they are run and as they stand in a script."""
    output = io.StringIO()
    options = {"as_sql": True, "output_buffer": output, "literal_binds": True, PGVECTOR_SCHEMA: pgvector}
    with Operations.context(MigrationContext.configure(dialect=PLAIN, opts=options)):
        scripts().get_revision(revision).module.upgrade()
    return output.getvalue()


def _lock_journal(connection: Connection, before: str | None) -> None:
    if not journal.stand_at(journal.lock(connection), before):
        raise TemporaryError(
            "another migrator moved the database meanwhile",
            hint="let LobeChat finish its own start, then run again",
        )


def finish_revision(connection: Connection, revision: str) -> None:
    """Hold the tables that a revision touched against what it promises, then record it; to be run before the commit."""
    tables = touched_tables(revision)
    found = differences(structure_at(revision), snapshot(connection, tables), tables)
    serious = tuple(str(difference) for difference in found if not difference.harmless)
    if serious:
        raise NotLobeChatError(
            f"revision {revision} would not lead to LobeChat's structure: {serious[0]}",
            hint="the revision was taken back; put this right by hand or restore a backup, then run again",
            details=serious,
        )
    journal.record(connection, revision)


def adopt(engine: Connects, revisions: Sequence[str]) -> None:
    """Write the journal of a database without one that was found to stand at the last of `revisions`."""
    with translated("the journal"), engine.connect() as connection, transaction(connection, "the journal"):
        _lock_journal(connection, None)
        for step in revisions:
            journal.record(connection, step)


def render_sql(
    plan: Sequence[str], *, adopts: Sequence[str] = (), recorded: Collection[str] = (), pgvector: str = "public"
) -> str:
    """Return the SQL that `adopt` and `upgrade` would run, the journal's rows included, as a script for psql.

    `pgvector` is the schema that the extension is in.
    """
    script = [SCRIPT_HEAD, *(f"{journal.insert(step)};\n" for step in adopts)]
    for step in plan:
        run = "-- recorded without being run\n" if step in recorded else render_revision(step, pgvector)
        tag = journal.entries()[step].tag
        script.append(f"\n-- {tag}\nBEGIN;\n{LIMITS};\n\n{run}{journal.insert(step)};\n\nCOMMIT;\n")
    return "".join(script)
