"""The check that runs first: the verdict, and the upgrade if one is asked for."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import structlog

from job.core.errors import NotLobeChatError, SchemaOutdatedError, SettingsError
from job.core.files import make_folder, write_file
from schema import journal
from schema.blockers import find_blockers
from schema.targets import VARIABLE, resolve_target
from schema.transactions import Connects, reading
from schema.upgrade import adopt, render_sql, upgrade
from schema.verdict import SchemaState, Verdict, inspect

log = structlog.get_logger()

Action = Literal["check", "upgrade", "create"]

SHOWN_DIFFERENCES = 20
RIGHT_DATABASE = "look whether the database's name in the URL is the one that LobeChat uses"
UPGRADE = "set CLERK_TO_BETTERAUTH_SCHEMA=upgrade, or start LobeChat 2.0.6 once: it upgrades its own database"


def run_check(  # noqa: PLR0913 - one keyword for each thing that the settings decide
    engine: Connects,
    *,
    action: Action,
    target: str = journal.PIN,
    dry_run: bool = False,
    report_folder: Path | None = None,
    check_stop: Callable[[], None] = lambda: None,
    before_upgrade: Callable[[], None] = lambda: None,
) -> SchemaState:
    """Look at the database, upgrade it if `action` says so, and return it as it is afterwards.

    `check` and a dry run only read.  `create` accepts an empty database as well.  After `upgrade` or `create` to a
    target before 0060 the state is not `usable`.  `check_stop` is called between two revisions, `before_upgrade`
    before anything is written; both may raise.
    Raises SettingsError, SchemaOutdatedError, NotLobeChatError, ConflictsError or TemporaryError.
    """
    revision = resolve_target(target)
    state = _look(engine, revision)
    _refuse_older_target(state, target)
    if action == "check":
        return _accept(state)
    _refuse_unfit(state, action)
    with reading(engine, "the check") as connection:
        find_blockers(connection, state.plan, state.revision)
    unrecorded = state.revision if state.verdict is Verdict.UNRECORDED else None
    if dry_run:
        _show_plan(state, unrecorded, report_folder)
        return state
    if state.plan or unrecorded is not None:
        before_upgrade()
    if unrecorded is not None:
        adopt(engine, unrecorded)
        log.info("schema.adopted", revision=unrecorded)
    before = state.revision
    if state.plan:
        upgrade(engine, before, revision, on_revision=_report_revision, check_stop=check_stop)
    state = replace(_look(engine, revision), before=before)
    return state if state.verdict is Verdict.OUTDATED else _accept(state)


def _look(engine: Connects, target: str) -> SchemaState:
    with reading(engine, "the check") as connection:
        state = inspect(connection, target)
    log.info(
        "schema.verdict",
        verdict=state.verdict.value,
        revision=state.revision,
        target=target,
        differences=len(state.differences),
    )
    for difference in state.differences[:SHOWN_DIFFERENCES]:
        log.warning("schema.difference", difference=str(difference), harmless=difference.harmless)
    return state


def _refuse_older_target(state: SchemaState, name: str) -> None:
    newer = state.verdict is Verdict.AHEAD or (state.revision or "") > state.target
    if newer and name != "ready" and state.target != journal.PIN:
        raise SettingsError(
            f"{VARIABLE}: {name} (revision {state.target}) is older than the database ({state.revision or 'newest'})",
            hint="downgrades are not offered; leave the variable unset, or name a later revision",
        )


def _accept(state: SchemaState) -> SchemaState:
    """Return a state that the job can write to; raises for any other."""
    _refuse_strangers(state)
    if state.verdict is Verdict.EMPTY:
        raise NotLobeChatError("the database is empty", hint=RIGHT_DATABASE)
    if (state.revision or journal.READY) < journal.READY:
        raise SchemaOutdatedError(
            f"the database is at revision {state.revision}; the job needs {journal.READY} or later", hint=UPGRADE
        )
    if state.lacks:
        raise NotLobeChatError(
            f"the database ({state.verdict}) lacks what the job needs: {state.lacks[0]}",
            hint="use a release of the job that knows this LobeChat, or put the tables right",
            details=state.lacks,
        )
    return state


def _refuse_strangers(state: SchemaState) -> None:
    if state.verdict is Verdict.FOREIGN:
        raise NotLobeChatError("these are not LobeChat's tables", hint=RIGHT_DATABASE, details=state.lacks)
    if state.verdict is Verdict.UNRECORDED and state.revision is None:
        raise NotLobeChatError(
            f"LobeChat's journal is missing and the tables match no known revision: {state.differences[0]}",
            hint=f"restore {journal.TABLE} too (pg_dump -n public leaves it out; add -n drizzle)",
            details=tuple(map(str, state.differences)),
        )


def _refuse_unfit(state: SchemaState, action: Action) -> None:
    """Raise for a database that must not be upgraded."""
    _refuse_strangers(state)
    if state.verdict is Verdict.EMPTY and action != "create":
        raise NotLobeChatError(
            "the database is empty", hint=f"{RIGHT_DATABASE}; CLERK_TO_BETTERAUTH_SCHEMA=create makes LobeChat's tables"
        )
    serious = tuple(str(difference) for difference in state.differences if not difference.harmless)
    if state.plan and serious:
        raise NotLobeChatError(
            f"the tables are not as revision {state.revision} leaves them: {serious[0]}",
            hint="nothing was changed; put this right by hand or restore a backup, then run again",
            details=serious,
        )


def _show_plan(state: SchemaState, unrecorded: str | None, folder: Path | None) -> None:
    for revision in state.plan:
        log.info("schema.plan", revision=revision, migration=journal.entries()[revision].tag)
    if folder is not None and (state.plan or unrecorded):
        make_folder(folder)
        file = folder / f"schema-{state.revision or 'empty'}-{state.target}.sql"
        write_file(file, render_sql(state.revision, state.target, adopted=unrecorded is not None).encode())
        log.info("schema.sql", file=str(file))


def _report_revision(revision: str) -> None:
    log.info("schema.revision", revision=revision, migration=journal.entries()[revision].tag)
