"""Migrate and verify share one session of the database: users are staged once, planned, applied, planned again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import sqlalchemy as sa
import stamina
import structlog
from sqlalchemy.engine import Connection

from job.clerk.files.csv_file import read_csv
from job.clerk.files.users_file import exported_at_ms, read_users
from job.context import Context
from job.core.errors import ConflictsError, TemporaryError
from job.lobechat.apply.apply import Apply
from job.lobechat.ledger import ledger
from job.lobechat.plan.backup_codes import write_backup_codes
from job.lobechat.plan.plan import Plan, clear_plan, make_plan
from job.lobechat.session import session_tables
from job.lobechat.session.database import Database
from job.lobechat.session.database_errors import BusyError
from job.lobechat.session.lock import Lock, backend_pid
from job.lobechat.session.missing_columns import stand_in
from job.lobechat.staging.addresses import stage_addresses
from job.lobechat.staging.simple_path import stage_unmatchable_emails
from job.lobechat.staging.staging import refuse_csv_of_others, stage_csv, stage_users
from job.mapping.rows import MappingOptions

log = structlog.get_logger()

# The tables that a run has just filled have no statistics yet: taken for small ones, they would be read row by row.
WHOLE_TABLES = sa.text("SELECT set_config('enable_nestloop', 'off', true)")
BUSY_ATTEMPTS = 5  # a batch that meets a lock, or a row that LobeChat just changed


class Counts(Protocol):
    """Where the session tells its numbers: the report."""

    def count(self, section: str, name: str, number: int) -> None:
        """Take one number."""


@dataclass
class Migration:
    """One session: its staged users, and the plan made from them."""

    context: Context
    database: Database
    lock: Lock
    counts: Counts
    connection: Connection
    plans: list[Plan] = field(default_factory=list)
    _staged: bool = False

    @classmethod
    @contextmanager
    def open(cls, context: Context, database: Database, lock: Lock, counts: Counts) -> Iterator["Migration"]:
        """A session with its temporary tables, empty."""
        with database.connect() as connection:
            with database.transaction(connection):
                if context.settings.dry_run:
                    stand_in(connection)
                session_tables.create(connection)
            yield cls(context, database, lock, counts, connection)

    @cached_property
    def backend_pid(self) -> int:
        """The server process that holds this session's temporary tables."""
        with self.database.transaction(self.connection):
            return backend_pid(self.connection)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A READ ONLY transaction for statements on all users at once."""
        with self.database.transaction(self.connection, read_only=True):
            self.connection.execute(WHOLE_TABLES)
            yield

    def _stage_once(self) -> None:
        """Read, map and stage every user, if that was not done yet."""
        if self._staged:
            return
        with self.reading():
            stage_addresses(self.connection, self.context.settings.folder)
            if self.context.settings.path == "simple":
                stage_unmatchable_emails(self.connection)
            else:
                self._stage_clerk()
        self._staged = True

    def _stage_clerk(self) -> None:
        settings, progress = self.context.settings, self.context.progress
        if settings.csv_required:
            rows = stage_csv(self.connection, read_csv(settings.csv_file), self.context)
            self.counts.count("input", "csv_rows", rows)
        progress.begin("map", None)
        stage_users(self.connection, read_users(settings.json_file), self._mapping_options(), self.context)
        progress.end()
        if settings.csv_required:
            refuse_csv_of_others(self.connection)

    def _mapping_options(self) -> MappingOptions:
        settings = self.context.settings
        return MappingOptions(
            csv_expected=settings.csv_required,
            preserve_two_factor=settings.two_factor == "preserve",
            auth_secret=settings.auth_secret.get_secret_value() if settings.auth_secret else None,
            provider_map=dict(settings.provider_map),
            enabled_providers=settings.auth_sso_providers,
            exported_at_ms=exported_at_ms(settings.json_file),
        )

    def plan(self) -> Plan:
        """Hold what is staged against the database as it is now.  Reads only."""
        settings = self.context.settings
        self._stage_once()
        self.context.progress.begin("plan", None)
        with self.database.transaction(self.connection):
            clear_plan(self.connection)
            session_tables.view_ledger(self.connection)
        with self.reading():
            plan = make_plan(
                self.connection,
                only_email=settings.path == "simple",
                migrate_orphans=settings.orphans == "migrate" or settings.path == "simple",
                versions=not settings.dry_run,
                batch_size=settings.batch_size,
            )
        self.plans.append(plan)
        numbers = {table: dict(actions) for table, actions in plan.numbers.items()}
        log.info("migrate.planned", batches=len(plan.batches), **numbers)
        return plan

    def refuses(self, plan: Plan) -> bool:
        """Whether users clash who are not to be left out."""
        return bool(plan.conflicts) and self.context.settings.conflicts == "fail"

    def refuse_conflicts(self, plan: Plan) -> None:
        """Raise ConflictsError before the first write, unless such users are to be left out."""
        if self.refuses(plan):
            raise ConflictsError(
                f"{plan.conflicts} users clash with others; no user was written",
                hint="settle each pair (attention.csv names both users) at Clerk or in LobeChat and run again; or leave"
                " them out with CLERK_TO_BETTERAUTH_CONFLICTS=skip",
            )

    def apply(self, plan: Plan, tell: Callable[[Plan], None]) -> None:
        """Carry out the plan, batch by batch; one that LobeChat overtook is made anew, which `tell` gets to know.

        Raises TemporaryError where users clash in the new plan who are not to be left out.
        """
        self._write_backup_codes(plan)
        if not plan.batches:
            return
        with self.database.transaction(self.connection):
            ledger.create(self.connection)
        for attempt in stamina.retry_context(on=BusyError, attempts=BUSY_ATTEMPTS, timeout=None, wait_max=5):
            with attempt:
                if attempt.num > 1:
                    plan = self.plan()
                    tell(plan)
                    self._refuse_new_conflicts(plan)
                self._apply_batches(plan, attempt.num)

    def _refuse_new_conflicts(self, plan: Plan) -> None:
        """ConflictsError promises that no user was written; the next run can keep that promise, this one cannot."""
        if self.refuses(plan):
            raise TemporaryError(
                f"LobeChat wrote meanwhile what {plan.conflicts} users now clash with; the batches before that stay",
                hint="settle what attention.csv names, then run again; it goes on where it stood",
            )

    def _apply_batches(self, plan: Plan, attempt: int) -> None:
        self.context.progress.begin("migrate", plan.users_to_do)
        apply = Apply(self.database, self.lock, self.backend_pid, self.context.settings.path)
        for batch in plan.batches:
            self.context.stop.check()
            try:
                users = apply.batch(self.connection, batch)
            except BusyError as exc:
                log.warning("migrate.busy", attempt=attempt, reason=exc.message)
                raise
            self.context.progress.advance(users)
            log.debug("migrate.batch", users=users)

    def _write_backup_codes(self, plan: Plan) -> None:
        """Before the early end of a run with nothing to do: whoever forgot to name the file gets it by a second run."""
        settings = self.context.settings
        if settings.backup_codes_file is not None:
            path = settings.working_folder / settings.backup_codes_file
            with self.reading():
                log.info("migrate.backup_codes", users=write_backup_codes(self.connection, path))
        elif settings.auth_secret and (made := plan.numbers["two_factor"]["insert"]):
            hint = "set CLERK_TO_BETTERAUTH_BACKUP_CODES_FILE and run again: the codes are the same"
            log.warning("migrate.backup_codes_unwritten", users=made, hint=hint)
