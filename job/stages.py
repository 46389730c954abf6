"""The stages: check, export, migrate, verify; smoke, rollback and cleanup, which run alone.

Each takes the session, tells the report what it found, and returns its outcome and counts for the log.  It raises a
JobError where the run cannot go on.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy.engine import Connection

from job.clerk.export.export import export_users
from job.clerk.files.csv_fetch import fetch_csv
from job.context import Context
from job.core.errors import VerificationError
from job.lobechat import schema
from job.lobechat.ledger import ledger
from job.lobechat.ledger.owner import refuse_foreign_ledger
from job.lobechat.ledger.rollback import preview, roll_back
from job.lobechat.migration import Migration
from job.lobechat.plan.plan import Plan, read_conflicts
from job.lobechat.session.database import Database
from job.lobechat.session.lock import Lock
from job.lobechat.verify import sign_in as sign_in_table
from job.lobechat.verify.checks import count_changed_since, run_checks
from job.lobechat.verify.contacts import read_contacts
from job.lobechat.verify.findings import EXAMPLES, report_findings
from job.mapping.rows import FindingCode
from job.preflight.check import Preflight
from job.preflight.registry import CHECKS
from job.preflight.runner import run_preflight
from job.report import Report
from job.settings import Stage
from job.smoke.smoke import run_smoke

log = structlog.get_logger()

Outcome = tuple[str, dict[str, int | str]]


class Session:
    """What the stages of one run share: the database under its lock, and the staged users once they are needed."""

    def __init__(self, context: Context, report: Report, database: Database, lock: Lock) -> None:
        self.context = context
        self.report = report
        self.database = database
        self.lock = lock
        self._exit = ExitStack()
        self._migration: Migration | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._exit.close()

    @property
    def migration(self) -> Migration:
        """The session of migrate and verify, opened on first use."""
        if self._migration is None:
            self._refuse_foreign_ledger()
            self._migration = self._exit.enter_context(
                Migration.open(self.context, self.database, self.lock, self.report)
            )
        return self._migration

    def _refuse_foreign_ledger(self) -> None:
        """As the check does: these stages can be run without it."""
        with self.database.connect() as connection, self.database.transaction(connection, read_only=True):
            refuse_foreign_ledger(connection)


def check(session: Session) -> Outcome:
    """Look for every reason to stop; then upgrade the schema, which no rollback takes back, if that is asked for."""
    settings = session.context.settings
    with session.database.connect() as connection:
        preflight = _preflight(session, connection)
        run_preflight([one for one in CHECKS if not one.with_plan], preflight, session.report)
        state = preflight.schema
    if settings.dry_run:
        schema.write_script(state, session.report.folder)
    elif state.pending:
        state = schema.upgrade(session.context, session.database, state)
    session.report.schema(state, before=state.before)
    return state.verdict.value, {"revision": state.revision or "", "target": state.target}


def _preflight(session: Session, connection: Connection) -> Preflight:
    """What the checks of the stage check look at, all through one connection."""

    @contextmanager
    def reading() -> Iterator[Connection]:
        with session.database.transaction(connection, read_only=True):
            yield connection

    return Preflight(session.context, session.database, reading)


def export(session: Session) -> Outcome:
    """Fetch the CSV where a URL is given, and all users from Clerk's API."""
    context = session.context
    settings = context.settings
    if settings.path == "simple":
        return "skipped", {}
    if settings.csv_url:
        fetch_csv(context)
    result = export_users(context)
    return "exported", {"users": result.count, "requests": result.requests}


def migrate(session: Session) -> Outcome:
    """Plan, name what the operator should know, and (unless it is a dry run) apply."""
    context, migration = session.context, session.migration
    settings = context.settings

    def tell(plan: Plan) -> None:
        session.report.restart()
        _report_plan(session, plan)
        if settings.dry_run or Stage.VERIFY not in settings.stages or migration.refuses(plan):
            _report_people(session)  # else verify does, from the rows as they then are

    plan = migration.plan()
    tell(plan)
    _check_plan(session)
    migration.refuse_conflicts(plan)
    if settings.dry_run:
        return "planned", _counts(plan)
    migration.apply(plan, tell)
    return "applied", _counts(plan)


def _check_plan(session: Session) -> None:
    """The checks that need the staged users and the plan."""
    migration = session.migration

    @contextmanager
    def reading() -> Iterator[Connection]:
        with migration.reading():
            yield migration.connection

    checks = [one for one in CHECKS if one.with_plan]
    run_preflight(checks, Preflight(session.context, session.database, reading), session.report)


def verify(session: Session) -> Outcome:
    """Plan again and expect nothing left to do; read the ledger back; look for what bars a sign-in."""
    context, migration = session.context, session.migration
    if context.settings.dry_run and Stage.MIGRATE in context.settings.stages:
        return "skipped (dry run)", {}
    first = not migration.plans
    plan = migration.plan()
    if first:
        _report_plan(session, plan)
    _report_people(session)
    with migration.reading():
        checks = run_checks(migration.connection, context.run_id)
        changed = count_changed_since(migration.connection) if ledger.exists(migration.connection) else 0
    for one in checks:
        session.report.check(one.name, one.passed, one.meaning if one.passed else f"{one.count} offending rows")
        if not one.passed:
            log.error("verify.failed", check=one.name, meaning=one.meaning, rows=one.count, users=one.examples)
    failed = [one for one in checks if not one.passed]
    if failed:
        raise VerificationError(
            f"{len(failed)} of {len(checks)} checks failed",
            hint="report.json names them; run migrate again, or take everything back with the stage rollback",
            details=tuple(f"{one.name}: {one.meaning}: {one.count} offending rows" for one in failed),
        )
    return "verified", {"checks": len(checks), "changed_since": changed}


def smoke(session: Session) -> Outcome:
    """Ask the running LobeChat whether it lets in the people whom the database says it should."""
    return "passed", run_smoke(session.context, session.database, session.report)


def rollback(session: Session) -> Outcome:
    """Take back what the job wrote, where it is still as the job wrote it."""
    context = session.context
    kept: list[str] = []  # examples
    number = 0

    def name_kept(user_id: str) -> None:
        nonlocal number
        number += 1
        if number <= EXAMPLES:
            kept.append(user_id)
        session.report.attention(user_id, FindingCode.KEPT_ON_ROLLBACK, "")

    with session.database.connect() as connection:
        with session.database.transaction(connection, read_only=True):
            if not ledger.exists(connection):
                return "nothing to roll back", {}
            refuse_foreign_ledger(connection)
        if context.settings.dry_run:
            restored = preview(session.database, connection, name_kept)
        else:
            restored = roll_back(session.database, session.lock, connection, name_kept)
    session.report.finding(FindingCode.KEPT_ON_ROLLBACK, number, kept)
    done = "would be rolled back" if context.settings.dry_run else "rolled back"
    return done, {**restored, "kept": number}


def cleanup(session: Session) -> Outcome:
    """Drop the job's schema; after that nothing can be rolled back."""
    with session.database.connect() as connection:
        dry_run = session.context.settings.dry_run
        with session.database.transaction(connection, read_only=dry_run):
            refuse_foreign_ledger(connection)
            present = ledger.exists(connection) if dry_run else ledger.drop(connection)
    return ("nothing to clean" if not present else "would be cleaned" if dry_run else "cleaned"), {}


STAGES: dict[Stage, Callable[[Session], Outcome]] = {
    Stage.CHECK: check,
    Stage.EXPORT: export,
    Stage.MIGRATE: migrate,
    Stage.VERIFY: verify,
    Stage.SMOKE: smoke,
    Stage.ROLLBACK: rollback,
    Stage.CLEANUP: cleanup,
}


def _counts(plan: Plan) -> dict[str, int | str]:
    return dict(sorted(plan.numbers["users"].items()))


def _report_plan(session: Session, plan: Plan) -> None:
    """The plan's numbers and every conflict."""
    report, migration = session.report, session.migration
    for table, actions in plan.numbers.items():
        report.planned(table, actions)
    if plan.conflicts:
        with migration.reading():
            for user_id, code, other_id in read_conflicts(migration.connection):
                report.conflict(user_id, code, other_id)


def _report_people(session: Session) -> None:
    """Who gets in and how, and what the operator should know about whom."""
    report, settings, migration = session.report, session.context.settings, session.migration
    with migration.reading():
        sign_in_table.judge_sign_in(migration.connection, settings)
        report.sign_in(sign_in_table.count_sign_in(migration.connection))
        for provider, links in sign_in_table.count_providers(migration.connection).items():
            report.provider(provider, links)
        report_findings(migration.connection, report, knows_clerk=settings.path == "full")
        for needy in sign_in_table.read_needy(migration.connection):
            report.attention(needy.user_id, needy.sign_in.value, needy.reason)
        report.contacts(partial(read_contacts, migration.connection))
