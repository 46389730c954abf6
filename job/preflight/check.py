"""What a preflight check is: its name, the stages that need it, what it may look at, and what it says.

A check is one file beside this one with a function `(Preflight) -> CheckResult` and one line in `registry.CHECKS`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy.engine import Connection, Row

from job.context import Context
from job.lobechat import schema
from job.lobechat.ledger import ledger
from job.lobechat.session.database import Database
from job.lobechat.session.sql import read_sql, run_sql
from job.settings import Settings, Stage
from schema import SchemaState

TABLES = ("public.users", "public.accounts", "public.two_factor")  # LobeChat's, that every run writes
SESSIONS = "public.auth_sessions"
HURRY_SECONDS = 5.0  # for a look that no stage of this run needs


class Result(StrEnum):
    """How a check ended, as log and report have it."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class CheckResult:
    """What a check says: `message` what was found, `hint` what to do, `details` one line for each thing found."""

    result: Result
    message: str
    hint: str = ""
    details: tuple[str, ...] = ()


def passed(message: str) -> CheckResult:
    """All is well."""
    return CheckResult(Result.PASSED, message)


def warning(message: str, *, hint: str, details: tuple[str, ...] = ()) -> CheckResult:
    """The run may go on; the operator should know."""
    return CheckResult(Result.WARNING, message, hint, details)


def skipped(message: str) -> CheckResult:
    """There was nothing to look at."""
    return CheckResult(Result.SKIPPED, message)


@dataclass
class Preflight:
    """What a check may look at.

    `reading` opens a READ ONLY transaction on the run's database: before the plan, one that sees one state of it; for a
    check with the plan, one of the session that holds the staged users and the plan.  It is shared by the checks that
    follow each other; `end_reading` ends it, so that nothing is held while Clerk is waited for.  `needed`: a stage of
    this run needs what is looked at; where none does, a check takes one look of at most HURRY_SECONDS, and its failure
    is told as a warning.  `failing` names the checks that have failed, or would have, until now.
    """

    context: Context
    database: Database
    reading: Callable[[], AbstractContextManager[Connection]]
    end_reading: Callable[[], None] = lambda: None
    needed: bool = True
    failing: set[str] = field(default_factory=set)

    @property
    def settings(self) -> Settings:
        """The settings of this run."""
        return self.context.settings

    @cached_property
    def server_settings(self) -> dict[str, Row[Any]]:
        """The settings in server_settings.sql, by name."""
        with self.reading() as connection:
            return {row.name: row for row in run_sql(connection, read_sql(__file__, "server_settings"))}

    @cached_property
    def schema(self) -> SchemaState:
        """LobeChat's schema and the plan of its upgrade, looked at once.  Raises the JobError of what is wrong."""
        with self.reading() as connection:
            return schema.look(connection, self.settings)

    @cached_property
    def tables(self) -> list[str]:
        """LobeChat's tables that this run writes: late rescue ends sessions, and its rollback brings them back."""
        if Stage.ROLLBACK in self.settings.stages:
            with self.reading() as connection:
                writes_sessions = ledger.has_newcomers(connection)
        else:
            writes_sessions = self.settings.relink
        return [*TABLES, SESSIONS] if writes_sessions else [*TABLES]


@dataclass(frozen=True)
class Check:
    """One reason to stop, looked for before the first write.

    `run` returns what it found, or raises the JobError with which the run is to end.  `needed_by` names the stages that
    cannot work without it.  `with_plan`: it is run by migrate, once the plan is made.  `with_database`: it is not run
    where the database cannot be had.
    """

    name: str
    run: Callable[[Preflight], CheckResult]
    needed_by: frozenset[Stage] = frozenset({Stage.CHECK})
    with_plan: bool = False
    with_database: bool = True
