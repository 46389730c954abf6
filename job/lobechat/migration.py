"""Migrate and verify share one session of the database: users are staged once, planned, applied, planned again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import stamina
import structlog
from sqlalchemy.engine import Connection

from job.clerk.files.users_file import exported_at_ms
from job.context import Context
from job.core.errors import ConflictsError, TemporaryError
from job.lobechat.apply.apply import PlanStaleError, apply_batch, overtake_batch
from job.lobechat.ledger import ledger
from job.lobechat.ledger.damage import refuse_damaged_ledger
from job.lobechat.ledger.owner import refuse_foreign_ledger
from job.lobechat.plan.backup_codes import write_backup_codes
from job.lobechat.plan.plan import CLEAR, SCOPE_ALL, SCOPE_OVERTAKEN, Batch, Plan, make_plan
from job.lobechat.session import temporary
from job.lobechat.session.database import Database
from job.lobechat.session.database_errors import BusyError, RowClashError
from job.lobechat.session.lock import Lock
from job.lobechat.session.sql import run_sql
from job.lobechat.staging.addresses import stage_addresses
from job.lobechat.staging.simple_path import stage_unmatchable_emails
from job.lobechat.staging.staging import Staging
from job.lobechat_env.variables import LOBECHAT_PROVIDERS
from job.mapping.rows import MappingOptions

log = structlog.get_logger()

BUSY_ATTEMPTS = 5  # of a batch that meets a lock, or of users whom LobeChat changes again and again


LONGEST_WAIT_SECONDS = 5


def _is_locked(error: Exception) -> bool:
    return isinstance(error, BusyError) and not isinstance(error, RowClashError)


class Counts(Protocol):
    """Where the session tells its numbers: the report."""

    def count(self, section: str, name: str, number: int) -> None:
        """Take one number."""


@dataclass
class Migration:
    """The session of migrate and verify on the connection `work`, and the plans made in it."""

    context: Context
    database: Database
    lock: Lock
    counts: Counts
    work: Connection
    plans: list[Plan] = field(default_factory=list)
    _staged: bool = False

    @cached_property
    def connection(self) -> Connection:
        """The session's connection, with its temporary tables: made on first use."""
        connection = self.work
        with self.database.transaction(connection):
            refuse_foreign_ledger(connection)
            present = temporary.read_present_columns(connection)
            refuse_damaged_ledger(present)
            temporary.create(connection, present, self._run_row())
        return connection

    def _run_row(self) -> dict[str, object]:
        """What the statements need to know of the settings; of LobeChat's own, where not given, its defaults."""
        settings = self.context.settings
        enabled = settings.auth_sso_providers
        return {
            "run_id": self.context.run_id,
            "path": settings.path,
            "migrate_orphans": settings.orphans == "migrate" or settings.path == "simple",
            "relink": settings.relink,
            "batch_size": settings.batch_size,
            "accept_writes": sorted(settings.accept_writes),
            "providers": sorted(LOBECHAT_PROVIDERS if enabled is None else enabled),
            "email_sign_in": not settings.auth_disable_email_password,
            "verification": settings.auth_email_verification,
            "mail": settings.mail_service,
            "refuses_addresses": settings.next_release.refuses_addresses,
        }

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A READ ONLY transaction without the session's temporary tables; it sees one state of the database."""
        with self.database.transaction(self.work, read_only=True, one_state=True):
            yield self.work

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A READ ONLY transaction for statements on all users at once."""
        with self.database.transaction(self.connection, read_only=True, whole_tables=True):
            yield self.connection

    def stage(self) -> None:
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
        self.context.progress.begin("map", None)
        staging = Staging(self.context)
        staging.stage(self.connection, self._mapping_options())
        if self.context.settings.csv_required:
            self.counts.count("input", "csv_rows", staging.csv_rows)
        self.context.progress.end()

    def _mapping_options(self) -> MappingOptions:
        settings = self.context.settings
        return MappingOptions(
            csv_expected=settings.csv_required,
            preserve_two_factor=settings.two_factor == "preserve",
            auth_secret=settings.auth_secret.get_secret_value() if settings.auth_secret else None,
            provider_map=dict(settings.provider_map),
            enabled_providers=settings.auth_sso_providers,
            links_verified_only=settings.next_release.links_verified_only,
            exported_at_ms=exported_at_ms(settings.json_file),
        )

    def plan(self, *, overtaken: bool = False) -> Plan:
        """Hold what is staged against the database as it is now; of the users alone whom LobeChat overtook, if so told.

        Reads only.
        """
        self.stage()
        self.context.progress.begin("plan", None)
        if self.plans:
            with self.database.transaction(self.connection):
                run_sql(self.connection, SCOPE_OVERTAKEN if overtaken else SCOPE_ALL, CLEAR)
        with self.reading():
            plan = make_plan(self.connection, simple=self.context.settings.path == "simple")
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
        """Carry out the plan, batch by batch.

        Users whom LobeChat changed meanwhile are planned again, they alone, until nobody is left; `tell` gets to know
        each new plan.  Raises TemporaryError where users clash in a new plan who are not to be left out, or where
        LobeChat goes on changing them; the batches before that stay.
        """
        self._write_backup_codes(plan)
        if not plan.batches:
            return
        with self.database.transaction(self.connection):
            ledger.prepare(self.connection)
        for attempt in range(1, BUSY_ATTEMPTS + 1):
            overtaken = self._apply_batches(plan)
            if not overtaken:
                break
            if attempt == BUSY_ATTEMPTS:
                raise PlanStaleError(
                    f"LobeChat changed {overtaken} users again each time before they could be written",
                    hint="run again when LobeChat is less busy; it goes on where it stopped",
                )
            log.warning("migrate.overtaken", attempt=attempt, users=overtaken)
            plan = self.plan(overtaken=True)
            tell(plan)
            self._refuse_new_conflicts(plan)

    def _refuse_new_conflicts(self, plan: Plan) -> None:
        """ConflictsError promises that no user was written; the next run can keep that promise, this one cannot."""
        if self.refuses(plan):
            raise TemporaryError(
                f"LobeChat wrote meanwhile what {plan.conflicts} users now clash with; the batches before that stay",
                hint="settle what attention.csv names, then run again; it goes on where it stopped",
            )

    def _apply_batches(self, plan: Plan) -> int:
        """Apply every batch; returns the users whom LobeChat overtook."""
        self.context.progress.begin("migrate", plan.users_to_write)
        overtaken = 0
        for batch in plan.batches:
            self.context.stop.check()
            done, late = self._apply_batch(batch)
            overtaken += late
            self.context.progress.advance(done)
            log.debug("migrate.batch", users=done, overtaken=late)
        return overtaken

    def _apply_batch(self, batch: Batch) -> tuple[int, int]:
        """Apply a batch, more than once where it meets a lock; returns its users who are done, and those overtaken."""
        for attempt in stamina.retry_context(
            on=_is_locked, attempts=BUSY_ATTEMPTS, timeout=None, wait_max=LONGEST_WAIT_SECONDS
        ):
            with attempt:
                try:
                    return apply_batch(self.database, self.connection, batch.number, self.lock.holder_pid)
                except RowClashError as exc:
                    log.warning("migrate.busy", attempt=attempt.num, reason=exc.message)
                    with self.database.transaction(self.connection):
                        overtake_batch(self.connection, batch.number)
                    return 0, batch.users
                except BusyError as exc:
                    log.warning("migrate.busy", attempt=attempt.num, reason=exc.message)
                    raise
        raise AssertionError  # retry_context either returns or raises

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
