"""Event triggers that forbid what the job does.  Which do, only a try can tell."""

from contextlib import suppress

import psycopg2
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from job.core.errors import JobError, TemporaryError
from job.lobechat.session.database_errors import translate
from job.lobechat.session.sql import read_sql
from job.preflight.catalog import Found, find, refuse
from job.preflight.check import CheckResult, Preflight, passed, skipped
from job.settings import Stage

MADE_BY_MIGRATE = sa.text(read_sql(__file__, "event_triggers_migrate"))
MADE_BY_UPGRADE = sa.text(read_sql(__file__, "event_triggers_upgrade"))
KIND = "event triggers that forbid what the job does"
NO_PRIVILEGE = "42501"


def check_event_triggers(preflight: Preflight) -> CheckResult:
    """Where there are event triggers, make what the job would make, and roll it back at once.

    Refuses those whose function raised; one that is not to be told from the others is named with all of them.
    """
    rows = find(preflight, "event_triggers")
    if not rows:
        return passed("no event triggers")
    if "read_only" in preflight.failing:
        return skipped("nothing can be tried while the database is read-only")
    error = _try(preflight)
    if error is None:
        return passed(f"{len(rows)} event triggers, none of which forbids what the job does")
    context = error.diag.context or ""
    if error.pgcode == NO_PRIVILEGE and not context:
        return skipped("the role may not create what the job creates; see the check of its privileges")
    raised = [row for row in rows if row.function in context] or rows
    return refuse([Found(f"event trigger {row.name}", row.statement, row.undo) for row in raised], kind=KIND)


def _try(preflight: Preflight) -> psycopg2.Error | None:
    """The error that a statement of the job met, if any; temporary ones are raised."""
    database, upgrades = preflight.database, _upgrades(preflight)
    with database.connect() as connection, database.transaction(connection):
        attempt = connection.begin_nested()
        try:
            if Stage.MIGRATE in preflight.settings.stages:
                connection.execute(MADE_BY_MIGRATE)
            if upgrades:
                connection.execute(MADE_BY_UPGRADE)
        except DBAPIError as exc:
            attempt.rollback()
            preflight.context.stop.check()
            if not isinstance(exc.orig, psycopg2.Error) or _is_temporary(exc.orig):
                raise
            return exc.orig
        attempt.rollback()
    return None


def _is_temporary(error: psycopg2.Error) -> bool:
    return not error.diag.context and isinstance(translate(error), TemporaryError)


def _upgrades(preflight: Preflight) -> bool:
    """Whether the schema is to be upgraded; not where the check of the schema fails, which says so itself."""
    with suppress(JobError):
        return bool(preflight.schema.plan)
    return False
