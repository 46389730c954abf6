"""Collects what the stages tell, in memory that does not grow with the users, and writes the run's folder."""

import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from job.core.errors import JobError, SettingsError, TemporaryError
from job.core.files import FileAside, is_full, make_folder, write_file
from job.lobechat_env.variables import LOBECHAT_PROVIDERS
from job.mapping.rows import SignIn
from job.report.contacts import FindContacts, write_contacts
from job.report.finding_texts import explain
from job.report.folder import point_latest
from job.report.html import render_html
from job.report.junit import render_junit
from job.report.model import (
    AttentionResult,
    CheckResult,
    ConflictResult,
    ErrorResult,
    FindingResult,
    NamedCheck,
    ProviderResult,
    ReportModel,
    SchemaResult,
    StageResult,
)
from job.report.next_steps import plan_next_steps
from job.report.outcomes import describe_outcome
from job.report.people import People
from job.settings import PREFIX, Settings
from job.settings.deployment import explain_refusal

IDS_KEPT = 20
CONFLICTS_KEPT = 50
TERMINATION_LOG = Path("/dev/termination-log")
TERMINATION_BYTES = 4096  # what Kubernetes reads of it
OF_USERS = {"migrate", "verify", "rollback"}
SEVERITIES = ("blocking", "warning", "info")


class SchemaState(Protocol):
    """What the schema's check found (schema.SchemaState)."""

    @property
    def verdict(self) -> str:
        """One of schema.Verdict."""

    @property
    def revision(self) -> str | None:
        """Where the database stands."""

    @property
    def target(self) -> str:
        """Where it should stand."""

    @property
    def recorded(self) -> Sequence[str]:
        """The revisions that were, or would be, written into the journal without being run."""


class Report:
    """One run's report.  What is told again replaces what was told before; `restart` forgets what only adds up."""

    def __init__(self, settings: Settings, run_id: str) -> None:
        self._settings = settings
        self.folder = settings.report_dir / run_id
        self._began = time.monotonic()
        self._people: People | None = None
        self.page: Path | None = None  # report.html as people find it, once it is written
        self.model = ReportModel(
            job_version=version("clerk-to-betterauth"),
            run_id=run_id,
            mode=settings.mode.value,
            path=settings.path,
            dry_run=settings.dry_run,
            database=settings.describe()["database"],
            stages_asked=[stage.value for stage in settings.stages],
            started_at=datetime.now(UTC),
        )

    def prepare(self) -> None:
        """Make the folder before work begins.  Raises SettingsError where nothing can be written to it."""
        with self._writing():
            make_folder(self.folder)
            with tempfile.TemporaryFile(dir=self.folder):
                pass

    def restart(self) -> None:
        """Forget what was said of users: they are looked at anew."""
        self.model.conflicts, self.model.conflicts_total, self.model.findings = [], 0, []
        self.model.sign_in, self.model.providers, self.model.checks, self.model.smoke = {}, [], [], []
        if self._people is not None:
            self._people.close()
            self._people = None

    def stage(self, name: str, outcome: str, seconds: float, counts: Mapping[str, int | str]) -> None:
        """A stage has ended."""
        self.model.stages = [stage for stage in self.model.stages if stage.name != name]
        self.model.stages.append(StageResult(name=name, outcome=outcome, seconds=seconds, counts=dict(counts)))

    def preflight(self, name: str, result: str, message: str, hint: str, details: Sequence[str]) -> None:
        """One check before the first write, by job.preflight.check.Result."""
        told = {"name": name, "result": result, "message": message, "hint": hint, "details": list(details)}
        self.model.preflight = _replaced(self.model.preflight, NamedCheck.model_validate(told))

    def smoke(self, check: NamedCheck) -> None:
        """One check of the running LobeChat."""
        self.model.smoke = _replaced(self.model.smoke, check)

    def schema(self, state: SchemaState, *, before: str | None = None) -> None:
        """LobeChat's revision and the verdict; `before` where the check upgraded it."""
        self.model.lobechat = SchemaResult(
            verdict=str(state.verdict),
            before=before or state.revision,
            after=state.revision,
            target=state.target,
            recorded=list(state.recorded),
        )

    def count(self, section: str, name: str, number: int) -> None:
        """One number."""
        self.model.counts.setdefault(section, {})[name] = number

    def planned(self, table: str, actions: Mapping[str, int]) -> None:
        """The numbers of a plan.  The run's first one counts: a later one is of what an interruption left to do."""
        self.model.counts.setdefault(table, dict(actions))

    def provider(self, provider: str, links: int) -> None:
        """How many links a provider has."""
        enabled = self._settings.auth_sso_providers
        others = [other for other in self.model.providers if other.provider != provider]
        result = ProviderResult(
            provider=provider,
            links=links,
            served=provider in LOBECHAT_PROVIDERS or provider in (enabled or ()),
            enabled=None if enabled is None else provider in enabled,
        )
        self.model.providers = sorted([*others, result], key=lambda one: (-one.links, one.provider))

    def sign_in(self, counts: Mapping[SignIn, int]) -> None:
        """How many users get in, by way."""
        self.model.sign_in = {way: counts.get(way, 0) for way in SignIn}

    def finding(self, code: str, count: int, user_ids: Sequence[str]) -> None:
        """How many users a finding concerns, and some of them."""
        others = [other for other in self.model.findings if other.code != code]
        if count:
            text, ids = explain(code), list(user_ids[:IDS_KEPT])
            others.append(
                FindingResult(
                    code=code,
                    severity=text.severity,
                    meaning=text.meaning,
                    what_to_do=text.what_to_do,
                    count=count,
                    user_ids=ids,
                )
            )
        others.sort(key=lambda one: (SEVERITIES.index(one.severity), -one.count, one.code))
        self.model.findings = others

    def conflict(self, user_id: str, code: str, other_id: str) -> None:
        """One user of a clash, and the other one."""
        self.model.conflicts_total += 1
        if len(self.model.conflicts) < CONFLICTS_KEPT:
            self.model.conflicts.append(ConflictResult(user_id=user_id, code=code, other_id=other_id))
        known = next((one for one in self.model.findings if one.code == code), None)
        ids = [*known.user_ids, user_id] if known else [user_id]
        self.finding(code, known.count + 1 if known else 1, ids)
        self.attention(user_id, code, other_id)

    def check(self, name: str, passed: bool, message: str) -> None:
        """One thing that verify looked at."""
        self.model.checks = [check for check in self.model.checks if check.name != name]
        self.model.checks.append(CheckResult(name=name, passed=passed, message=message))

    def attention(self, user_id: str, reason: str, detail: str) -> None:
        """One cause for a person: a FindingCode, or a SignIn that asks for action."""
        with self._writing():
            if self._people is None:
                self._people = People(self.folder)
            self._people.add(user_id, str(reason), detail)

    def contacts(self, find_contacts: FindContacts) -> None:
        """Write the contacts file, if one is wanted, of everyone of whom a cause was told until now."""
        path = self._settings.contacts_file
        if path is None:
            return
        path = self._settings.working_folder / path
        try:
            reached, unreached = write_contacts(path, self._people or (), find_contacts)
        except OSError as exc:
            raise self._unwritable("CONTACTS_FILE", path, exc) from None
        self.model.counts["contacts"] = {"with_address": reached, "without_address": unreached}

    def summary(self) -> dict[str, Any]:
        """The run in a few numbers, for the last log line."""
        model = self.model
        return {
            "mode": model.mode,
            "path": model.path,
            "dry_run": model.dry_run,
            "database": model.database,
            "seconds": round(time.monotonic() - self._began, 1),
            **{name: model.counts[name] for name in ("users", "accounts", "two_factor") if name in model.counts},
            "sign_in": {way.value: number for way, number in model.sign_in.items()},
            "conflicts": model.conflicts_total,
            "checks_passed": sum(check.passed for check in model.checks),
            "checks_failed": sum(not check.passed for check in model.checks),
            "attention": self.model.attention.by_action,
            **({"report": str(self.page)} if self.page else {}),
        }

    def write(self, exit_code: int, error: JobError | None = None, *, termination_log: Path = TERMINATION_LOG) -> None:
        """Write all files.  Raises SettingsError where they cannot be written."""
        with self._writing():
            self._conclude(exit_code, error)
            self._write_termination(termination_log)
            make_folder(self.folder)
            if self._people is not None or self._looked_at_users():
                self._write_people(self._people or People(self.folder))
            write_file(self.folder / "report.json", self.model.model_dump_json(indent=2).encode() + b"\n")
            write_file(self.folder / "junit.xml", render_junit(self.model).encode())
            write_file(self.folder / "report.html", render_html(self.model).encode())
            point_latest(self.folder)
        self.page = self._settings.as_on_host(self.folder / "report.html")

    def _write_people(self, people: People) -> None:
        with FileAside(self.folder / "attention.csv", text=True) as file:
            people.write_attention(file)
        with FileAside(self.folder / "causes.csv", text=True) as file:
            people.write_causes(file)
        people.close()
        self._people = None

    def _looked_at_users(self) -> bool:
        """Else an empty list would say that nobody needs attention."""
        return any(stage.name in OF_USERS and stage.outcome != "failed" for stage in self.model.stages)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as exc:
            error = exc if isinstance(exc, OSError) else OSError(type(exc).__name__)
            if is_full(exc):
                raise TemporaryError(
                    f"{PREFIX}REPORT_DIR: there is no room for the report in {self.folder} ({error.strerror or error})",
                    hint="make room there, then run again: what is done is not done twice, and the report is written",
                ) from None
            raise self._unwritable("REPORT_DIR", self.folder, error) from None

    def _unwritable(self, variable: str, path: Path, error: OSError) -> SettingsError:
        reason, hint = explain_refusal(self._settings, path, error)
        return SettingsError(
            f"{PREFIX}{variable}: nothing can be written to {path} ({reason})",
            hint=f"{hint}; or let {PREFIX}{variable} name another place",
        )

    def _conclude(self, exit_code: int, error: JobError | None) -> None:
        model = self.model
        model.ended_at = datetime.now(UTC)
        model.seconds = round(time.monotonic() - self._began, 3)
        model.exit_code = int(exit_code)
        model.attention = self._attention_result()
        if error is not None:
            model.error = ErrorResult(
                type=type(error).__name__, message=error.message, hint=error.hint, details=list(error.details)
            )
        outcome = describe_outcome(
            exit_code,
            dry_run=model.dry_run,
            stages=model.stages_asked,
            outcome=model.stages[-1].outcome if model.stages else "",
            left_out=model.left_out,
        )
        model.headline, model.meaning = outcome.headline, outcome.meaning
        model.next_steps = plan_next_steps(model, self._settings, outcome.next_step)

    def _attention_result(self) -> AttentionResult:
        if self._people is None:
            return AttentionResult()
        by_action = self._people.count_by_action()
        by_reason = dict(sorted(self._people.by_reason.items()))
        return AttentionResult(people=sum(by_action.values()), by_action=by_action, by_reason=by_reason)

    def _write_termination(self, path: Path) -> None:
        """The summary for Kubernetes; it is cut by whole entries, so that it stays JSON."""
        if not path.exists():
            return
        model = self.model
        told: dict[str, Any] = {
            "exit_code": model.exit_code,
            "headline": model.headline,
            "next_steps": model.next_steps,
        }
        if model.error is not None:
            told |= {"error": model.error.message[:500], "hint": model.error.hint[:500]}
        told |= self.summary()
        while len(text := json.dumps(told).encode()) > TERMINATION_BYTES:
            told.popitem()
        path.write_bytes(text)


def _replaced(checks: Sequence[NamedCheck], one: NamedCheck) -> list[NamedCheck]:
    """What is told again replaces what was told before."""
    return [*(other for other in checks if other.name != one.name), one]
