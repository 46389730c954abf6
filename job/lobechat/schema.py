"""LobeChat's schema as the job asks for it: look first, upgrade later.  Here schema's errors become the job's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy.engine import Connection

import schema
from job.context import Context
from job.core.errors import (
    ConflictsError,
    JobError,
    NotLobeChatError,
    SchemaOutdatedError,
    SettingsError,
    TemporaryError,
    UnsuitableDatabaseError,
)
from job.core.files import make_folder, write_file
from job.lobechat.session.database import Database
from job.lobechat.session.database_errors import ConnectionLostError
from job.settings import Settings
from schema import SchemaState, errors

log = structlog.get_logger()

ERRORS: dict[type[schema.SchemaError], type[JobError]] = {
    errors.TargetError: SettingsError,
    errors.OutdatedError: SchemaOutdatedError,
    errors.NotLobeChatError: NotLobeChatError,
    errors.UnsuitableDatabaseError: UnsuitableDatabaseError,
    errors.DuplicatesError: ConflictsError,
    errors.TemporaryError: TemporaryError,
    errors.ConnectionLostError: ConnectionLostError,
}


def look(connection: Connection, settings: Settings) -> SchemaState:
    """What LobeChat's schema is, and what `upgrade` will do to it.  Writes nothing.

    The connection is in a transaction that sees one state of the database.
    Raises the JobError of whatever would make the upgrade fail or leave a schema that the job cannot write to.
    """
    with translated():
        return schema.look(
            connection,
            action=settings.schema_action,
            target=settings.schema_target,
            pg_search=settings.pg_search,
        )


def upgrade(context: Context, database: Database, state: SchemaState) -> SchemaState:
    """Do what `look` planned, if it planned anything; the schema as it is then.  Raises what `look` raises."""
    progress = context.progress
    progress.begin("upgrade", len(state.plan))
    with translated():
        return schema.apply(database, state, on_revision=lambda _: progress.advance(), check_stop=context.stop.check)


def write_script(state: SchemaState, folder: Path) -> None:
    """Put what `upgrade` would run into the report folder, if that is anything, as a script for psql."""
    if not state.pending:
        return
    make_folder(folder)
    file = folder / f"schema-{state.revision or 'empty'}-{state.target}.sql"
    write_file(file, schema.render(state).encode())
    log.info("schema.script", revisions=len(state.plan), file=str(file))


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of `schema` into the job's, with the same words."""
    try:
        yield
    except schema.SchemaError as exc:
        raise ERRORS[type(exc)](exc.message, hint=exc.hint, details=exc.details) from None
