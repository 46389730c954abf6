"""The shape of report.json; docs/logging.md describes it.  It holds user ids, and no other personal data."""

from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from job.mapping.rows import SignIn
from job.report.actions import Action

SCHEMA_VERSION = 2
IN_LOBECHAT = (SignIn.PASSWORD, SignIn.SSO, SignIn.PASSWORD_OR_SSO)

Severity = Literal["info", "warning", "blocking"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class StageResult(_Part):
    """One stage's end."""

    name: str
    outcome: str
    seconds: float
    counts: dict[str, int | str]


class SchemaResult(_Part):
    """LobeChat's revision, before the check and after it."""

    verdict: str
    before: str | None
    after: str | None
    target: str
    recorded: list[str] = []  # revisions that were written into LobeChat's journal without being run


class ProviderResult(_Part):
    """The links of one provider; `enabled` is None where AUTH_SSO_PROVIDERS was not given."""

    provider: str
    links: int
    served: bool
    enabled: bool | None


class FindingResult(_Part):
    """How many users one finding concerns, and the first twenty of them."""

    code: str
    severity: Severity
    meaning: str
    what_to_do: str
    count: int
    user_ids: list[str]


class ConflictResult(_Part):
    """One user of a clash and the other one."""

    user_id: str
    code: str
    other_id: str


class NamedCheck(_Part):
    """One check before the first write (docs/preflight.md), or of the running LobeChat (docs/smoke.md)."""

    name: str
    result: Literal["passed", "warning", "failed", "skipped"]
    message: str
    hint: str = ""
    details: list[str] = Field(default_factory=list)


class CheckResult(_Part):
    """One thing that verify looked at."""

    name: str
    passed: bool
    message: str


class ErrorResult(_Part):
    """Why the run failed."""

    type: str
    message: str
    hint: str
    details: list[str]


class Problem(NamedTuple):
    """One thing that made the run fail, and its parts; `check` is its name where a check found it."""

    check: str
    message: str
    details: list[str]


class AttentionResult(_Part):
    """The people of attention.csv by action, and the lines of causes.csv by reason."""

    people: int = 0
    by_action: dict[Action, int] = Field(default_factory=dict)
    by_reason: dict[str, int] = Field(default_factory=dict)


class ReportModel(_Part):
    """Everything a run has to tell."""

    schema_version: int = SCHEMA_VERSION
    job_version: str
    run_id: str
    mode: str
    path: str
    dry_run: bool
    database: str  # host and name
    stages_asked: list[str]
    started_at: datetime
    ended_at: datetime | None = None
    seconds: float = 0.0
    exit_code: int = 0
    headline: str = ""
    meaning: str = ""
    next_steps: list[str] = Field(default_factory=list)
    error: ErrorResult | None = None
    lobechat: SchemaResult | None = None
    stages: list[StageResult] = Field(default_factory=list)
    preflight: list[NamedCheck] = Field(default_factory=list)
    smoke: list[NamedCheck] = Field(default_factory=list)
    # section (users, accounts, two_factor, input, …) to name (insert, update, …) to number
    counts: dict[str, dict[str, int]] = Field(default_factory=dict)
    sign_in: dict[SignIn, int] = Field(default_factory=dict)
    providers: list[ProviderResult] = Field(default_factory=list)
    findings: list[FindingResult] = Field(default_factory=list)
    conflicts_total: int = 0
    conflicts: list[ConflictResult] = Field(default_factory=list)  # the first fifty
    checks: list[CheckResult] = Field(default_factory=list)
    attention: AttentionResult = Field(default_factory=AttentionResult)

    @property
    def rehearses(self) -> bool:
        """Whether a real run would have written; verify and smoke, run alone, never do."""
        return self.dry_run and self.stages_asked not in (["verify"], ["smoke"])

    @property
    def foresees(self) -> bool:
        """Whether the numbers tell what would be: the run did not write, or did not get to its end."""
        return self.rehearses or self.exit_code != 0

    @property
    def failed_checks(self) -> list[NamedCheck]:
        """The checks, before the first write or of the running LobeChat, for which the run failed."""
        return [one for one in (*self.preflight, *self.smoke) if one.result == "failed"]

    @property
    def problems(self) -> list[Problem]:
        """All that made the run fail, each once: the failed checks, or else the one error."""
        failed = [Problem(one.name, one.message, one.details) for one in self.failed_checks]
        if self.error is None or (failed and self.error.message in {one.message for one in self.failed_checks}):
            return failed
        return [Problem("", self.error.message, [] if failed else self.error.details), *failed]

    @property
    def left_out(self) -> int:
        """Users whom migrate left out because of conflicts, or whom rollback kept."""
        kept = next((one.counts.get("kept", 0) for one in self.stages if one.name == "rollback"), 0)
        return int(kept) or self.counts.get("users", {}).get("conflict", 0)

    @property
    def users(self) -> int:
        """All users of the sign-in table."""
        return sum(self.sign_in.values())

    @property
    def users_in(self) -> int:
        """Users who get in without doing anything first."""
        return sum(self.sign_in.get(way, 0) for way in IN_LOBECHAT)
