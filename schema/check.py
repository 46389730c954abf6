"""Look at a database, and upgrade it: two steps, so that the caller can make other checks in between.

`look` reads and raises every reason why the run cannot go on; `apply` carries out what `look` planned.  Alembic is
imported only where there is something to carry out: it takes 10 MiB, which most runs can spare.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import structlog
from sqlalchemy.engine import Connection

from schema import journal
from schema.blockers import find_blockers
from schema.errors import NotLobeChatError, OutdatedError, TargetError
from schema.targets import VARIABLE, resolve_target
from schema.transactions import Connects, reading, translated
from schema.verdict import SchemaState, Verdict, inspect

log = structlog.get_logger()

Action = Literal["check", "upgrade", "create"]
PgSearch = Literal["require", "skip"]

SHOWN_DIFFERENCES = 20
DOING = "the check"
RIGHT_DATABASE = "look whether the database's name in the URL is the one that LobeChat uses"
AFTER_SKIPPING = (
    "LobeChat does not document this way: set FTS_SEARCH_PROVIDER to pg_like or elasticsearch in its environment,"
    " and read docs/pg-search.md"
)
UPGRADE = "set CLERK_TO_BETTERAUTH_SCHEMA=upgrade, or start LobeChat 2.1.13 once: it upgrades its own database"


def look(
    connection: Connection, *, action: Action, target: str = journal.PIN, pg_search: PgSearch = "require"
) -> SchemaState:
    """Return the database as it is, with the plan of what `apply` will do to it; nothing is written.

    The connection is in a transaction that sees one state of the database, as `reading` gives it.
    `check` plans nothing and accepts what is `usable` only; `upgrade` plans the way to `target`; `create` accepts an
    empty database as well.  `target` is a revision, `ready`, `latest` or a release of LobeChat.  With `skip` for
    `pg_search` the revisions that need that extension are planned to be recorded without being run.
    Raises TargetError, OutdatedError, NotLobeChatError, UnsuitableDatabaseError, DuplicatesError or TemporaryError.
    """
    revision = resolve_target(target)
    with translated(DOING):
        state = _inspect(connection, revision)
    _refuse_older_target(state, target)
    if action == "check":
        return replace(_accept(state), plan=(), adopts=())
    _refuse_unfit(state, action)
    if not state.pending:
        return _accept_outdated(state)
    if pg_search == "skip":
        state = replace(state, recorded=tuple(step for step in state.plan if step in journal.NEED_PG_SEARCH))
    if state.recorded:
        log.warning("schema.recorded_without_running", revisions=state.recorded, hint=AFTER_SKIPPING)
    with translated(DOING):
        find_blockers(connection, state)
    return state


def apply(
    engine: Connects,
    state: SchemaState,
    *,
    on_revision: Callable[[str], None] = lambda _: None,
    check_stop: Callable[[], None] = lambda: None,
) -> SchemaState:
    """Do what `look` planned, and return the database as it is afterwards, with `before` as it was.

    `on_revision` is told of each revision that is done; `check_stop` is called between two and may raise.  After an
    upgrade to a target before 0060 the state is not `usable`.  Raises what `look` raises.
    """
    if not state.pending:
        return replace(state, before=state.revision)
    from schema.upgrade import adopt, upgrade  # noqa: PLC0415 - as said above

    if state.adopts:
        adopt(engine, state.adopts)
        log.info("schema.adopted", revision=state.adopts[-1])
    if state.plan:
        log.info("schema.upgrading", revisions=len(state.plan), first=state.plan[0], last=state.plan[-1])
    upgrade(
        engine,
        state.revision,
        state.plan,
        recorded=state.recorded,
        pgvector=state.pgvector,
        on_revision=on_revision,
        check_stop=check_stop,
    )
    with reading(engine, DOING) as connection:
        done = _inspect(connection, state.target)
    return _accept_outdated(replace(done, before=state.revision, recorded=state.recorded))


def render(state: SchemaState) -> str:
    """Return what `apply` would run as a script for psql; the journal's rows are in it."""
    from schema.upgrade import render_sql  # noqa: PLC0415 - as said above

    return render_sql(state.plan, adopts=state.adopts, recorded=state.recorded, pgvector=state.pgvector)


def _inspect(connection: Connection, target: str) -> SchemaState:
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
        raise TargetError(
            f"{VARIABLE}: {name} (revision {state.target}) is older than the database ({state.revision or 'newest'})",
            hint="downgrades are not offered; leave the variable unset, or name a later revision",
        )


def _accept(state: SchemaState) -> SchemaState:
    """Return a state that the job can write to; raises for any other."""
    _refuse_strangers(state)
    if state.verdict is Verdict.EMPTY:
        raise NotLobeChatError("the database is empty", hint=RIGHT_DATABASE)
    if (state.revision or journal.READY) < journal.READY:
        raise OutdatedError(
            f"the database is at revision {state.revision}; the job needs {journal.READY} or later", hint=UPGRADE
        )
    if state.lacks:
        raise NotLobeChatError(
            f"the database ({state.verdict}) lacks what the job needs: {state.lacks[0]}",
            hint="use a release of the job that knows this LobeChat, or put the tables right",
            details=state.lacks,
        )
    return state


def _accept_outdated(state: SchemaState) -> SchemaState:
    """Accept also what an upgrade to a target before 0060 leaves: whoever asked for it does not write yet."""
    return state if state.verdict is Verdict.OUTDATED else _accept(state)


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
