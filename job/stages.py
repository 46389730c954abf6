"""The stages: check, export, migrate, verify; smoke, rollback and cleanup, which run alone.

Each takes the run, tells the report what it found, and returns its outcome and counts for the log.  It raises a
JobError where the run cannot go on.
"""

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial

import structlog

from job.clerk.export.export import export_users
from job.clerk.files.csv_fetch import fetch_csv
from job.context import Context
from job.core.errors import JobError, VerificationError
from job.lobechat import schema
from job.lobechat.ledger import ledger
from job.lobechat.ledger.damage import refuse_damaged_ledger
from job.lobechat.ledger.owner import refuse_foreign_ledger
from job.lobechat.ledger.rollback import preview, roll_back
from job.lobechat.migration import Migration
from job.lobechat.plan.plan import Plan, read_conflicts
from job.lobechat.session.database import Database
from job.lobechat.session.lock import Lock
from job.lobechat.session.temporary import read_present_columns
from job.lobechat.verify import sign_in as sign_in_table
from job.lobechat.verify.checks import run_checks
from job.lobechat.verify.contacts import read_contacts
from job.lobechat.verify.findings import EXAMPLES, report_findings, report_wide_findings
from job.mapping.rows import FindingCode
from job.preflight.check import Check, Preflight
from job.preflight.reading import Reading, SharedTransaction
from job.preflight.registry import CHECKS
from job.preflight.runner import run_preflight
from job.report import Report
from job.settings import Stage
from job.smoke.smoke import run_smoke

log = structlog.get_logger()

Outcome = tuple[str, dict[str, int | str]]

CHECKS_WITHOUT_PLAN = [one for one in CHECKS if not one.with_plan]
CHECKS_WITH_PLAN = [one for one in CHECKS if one.with_plan]
CHECKS_OF_ROLLBACK = [one for one in CHECKS if Stage.ROLLBACK in one.needed_by]


@dataclass(frozen=True)
class Run:
    """What the stages of one run share: the database under its lock, and the session of migrate and verify."""

    context: Context
    report: Report
    database: Database
    lock: Lock
    migration: Migration


def check(run: Run) -> Outcome:
    """Look for every reason to stop; then upgrade the schema, which no rollback takes back, if that is asked for."""
    settings = run.context.settings
    state = _run_checks(run, run.migration.looking, CHECKS_WITHOUT_PLAN).schema
    if settings.dry_run:
        schema.write_script(state, run.report.folder)
    elif state.pending:
        state = schema.upgrade(run.context, run.database, state)
    run.report.schema(state, before=state.before)
    counts: dict[str, int | str] = {"revision": state.revision or "", "target": state.target}
    if settings.dry_run and state.pending:
        return "would be upgraded", counts
    if state.before in {None, state.revision}:
        return state.verdict.value, counts
    return "upgraded", {"from": state.before or "", **counts}


def _run_checks(run: Run, begin: Reading, checks: Sequence[Check]) -> Preflight:
    """Run these checks; returns what they looked at."""
    with closing(SharedTransaction(begin)) as shared:
        preflight = Preflight(run.context, run.database, shared.reading, shared.close)
        run_preflight(checks, preflight, run.report)
    return preflight


def check_without_database(context: Context, report: Report, database: Database) -> None:
    """Where the database cannot be had: make and tell the checks that do without it, so that one run names it all."""
    checks = [one for one in CHECKS if not one.with_database]
    with suppress(JobError), structlog.contextvars.bound_contextvars(stage=Stage.CHECK.value):
        run_preflight(checks, Preflight(context, database, database.connect), report)


def export(run: Run) -> Outcome:
    """Fetch the CSV where a URL is given, and all users from Clerk's API."""
    context = run.context
    settings = context.settings
    if settings.path == "simple":
        return "skipped", {}
    if settings.csv_url:
        fetch_csv(context)
    result = export_users(context)
    return "exported", {"users": result.count, "requests": result.requests}


def migrate(run: Run) -> Outcome:
    """Plan, name what the operator should know, and (unless it is a dry run) apply."""
    context, migration = run.context, run.migration
    settings = context.settings

    def tell(plan: Plan) -> None:
        run.report.restart()
        _report_plan(run, plan)
        if settings.dry_run or Stage.VERIFY not in settings.stages or migration.refuses(plan):
            _report_people(run)  # else verify does, from the rows as they then are

    plan = migration.plan()
    tell(plan)
    _run_checks(run, migration.reading, CHECKS_WITH_PLAN)
    migration.refuse_conflicts(plan)
    if settings.dry_run:
        return "planned", _counts(plan)
    migration.apply(plan, tell)
    return "applied", _counts(plan)


def verify(run: Run) -> Outcome:
    """Plan again and expect nothing left to do; read the ledger back; look for what bars a sign-in."""
    context, migration = run.context, run.migration
    if context.settings.dry_run and Stage.MIGRATE in context.settings.stages:
        return "skipped (dry run)", {}
    first = not migration.plans
    plan = migration.plan()
    if first:
        _report_plan(run, plan)
    _report_people(run)
    with migration.reading():
        checks, changed = run_checks(migration.connection)
    for one in checks:
        run.report.check(one.name, one.passed, one.told)
        if not one.passed:
            log.error("verify.failed", check=one.name, meaning=one.meaning, rows=one.count, users=one.examples)
    failed = [one for one in checks if not one.passed]
    if failed:
        raise VerificationError(
            f"{len(failed)} of {len(checks)} checks failed",
            hint="run migrate again, or take everything back with the stage rollback",
            details=tuple(one.failure for one in failed),
        )
    return "verified", {"checks": len(checks), "changed_since": changed}


def smoke(run: Run) -> Outcome:
    """Ask the running LobeChat whether it lets in the people whom the database says it should."""
    return "passed", run_smoke(run.context, run.database, run.report)


def rollback(run: Run) -> Outcome:
    """Take back all that the job wrote of each user, or, where LobeChat changed some of it since, nothing."""
    context = run.context
    kept: list[str] = []  # examples
    number = 0

    def name_kept(user_id: str) -> None:
        nonlocal number
        number += 1
        if number <= EXAMPLES:
            kept.append(user_id)
        run.report.attention(user_id, FindingCode.KEPT_ON_ROLLBACK, "")

    with run.database.connect() as connection:
        with run.database.transaction(connection, read_only=True):
            if not ledger.exists(connection):
                return "nothing to roll back", {}
            refuse_foreign_ledger(connection)
            refuse_damaged_ledger(read_present_columns(connection))
        _run_checks(run, run.migration.looking, CHECKS_OF_ROLLBACK)
        if context.settings.dry_run:
            restored = preview(context, run.database, connection, name_kept)
        else:
            restored = roll_back(context, run.database, run.lock, connection, name_kept)
    run.report.finding(FindingCode.KEPT_ON_ROLLBACK, number, kept)
    done = "would be rolled back" if context.settings.dry_run else "rolled back"
    return done, {**restored, "kept": number}


def cleanup(run: Run) -> Outcome:
    """Drop the job's own tables; after that nothing can be rolled back."""
    with run.database.connect() as connection:
        dry_run = run.context.settings.dry_run
        with run.database.transaction(connection, read_only=dry_run):
            refuse_foreign_ledger(connection)
            present = ledger.exists(connection) if dry_run else ledger.drop(connection)
    return ("nothing to clean" if not present else "would be cleaned" if dry_run else "cleaned"), {}


STAGES: dict[Stage, Callable[[Run], Outcome]] = {
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


def _report_plan(run: Run, plan: Plan) -> None:
    """The plan's numbers and every conflict."""
    report, migration = run.report, run.migration
    for table, actions in plan.numbers.items():
        report.planned(table, actions)
    if plan.conflicts:
        with migration.reading():
            for user_id, code, other_id in read_conflicts(migration.connection):
                report.conflict(user_id, code, other_id)


def _report_people(run: Run) -> None:
    """Who gets in and how, and what the operator should know about whom."""
    report, migration = run.report, run.migration
    with migration.reading():
        sign_in_table.judge_sign_in(
            migration.connection, refuses_addresses=run.context.settings.next_release.refuses_addresses
        )
        report.sign_in(sign_in_table.count_sign_in(migration.connection))
        for provider, links in sign_in_table.count_providers(migration.connection).items():
            report.provider(provider, links)
        report_findings(migration.connection, report)
        report_wide_findings(migration.connection, report, run.context.settings.next_release)
        for user in sign_in_table.read_users_who_need_action(migration.connection):
            report.attention(user.user_id, user.sign_in.value, user.reason)
        report.contacts(partial(read_contacts, migration.connection))
