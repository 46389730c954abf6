"""A report in every state that a run can end in, filled as the stages fill it."""

from collections.abc import Callable
from pathlib import Path

from job.core.errors import (
    ConflictsError,
    ExitCode,
    PeopleKeptOutError,
    TemporaryError,
    UnsuitableDatabaseError,
    VerificationError,
)
from job.mapping.rows import FindingCode as Code
from job.mapping.rows import SignIn
from job.report import Report
from job.report.model import NamedCheck
from tests.support.reports import PREFIX, make_report

LONG = f"{PREFIX}DATABASE_URL_FILE=/var/run/secrets/kubernetes.io/lobechat/database-connection-string-with-a-long-name"
SMOKE = {f"{PREFIX}STAGES": "smoke", f"{PREFIX}LOBECHAT_URL": "https://chat.example.org", f"{PREFIX}DRY_RUN": "1"}
PROD = {
    f"{PREFIX}MODE": "prod",
    f"PROD_{PREFIX}DATABASE_URL": "postgresql://u:p@ep-cool-darkness-123456.eu-central-1.aws.neon.tech/lobechat_production",
    f"PROD_{PREFIX}CLERK_SECRET_KEY": "sk_live_canary",
    f"{PREFIX}CONFIRM": "lobechat_production",
    f"{PREFIX}CONTACTS_FILE": "contacts.csv",
    f"{PREFIX}BACKUP_CODES_FILE": "backup_codes.csv",
}


def clerk_id(number: int) -> str:
    """An id of Clerk's shape and length."""
    return f"user_2{number:026d}"


def _people(report: Report) -> None:
    report.count("input", "csv_rows", 1_002_345)
    report.planned("users", {"insert": 10_234, "update": 975_112, "skipped": 5, "changed_since": 1, "conflict": 2})
    report.planned("accounts", {"insert": 1_075_001, "unchanged": 12})
    report.planned("two_factor", {"insert": 20_344})
    report.sign_in(
        {
            SignIn.PASSWORD: 345_120, SignIn.SSO: 325_000, SignIn.PASSWORD_OR_SSO: 100_321,
            SignIn.SET_PASSWORD: 195_002, SignIn.NO_WAY_IN: 1, SignIn.SHUT_OUT: 20_001,
        }
    )  # fmt: skip
    for provider, links in (("google", 312_000), ("github", 104_223), ("cloudflare-zero-trust", 5), ("twitter", 1)):
        report.provider(provider, links)
    for number, code in enumerate(Code):
        if not code.startswith("conflict_"):
            report.finding(code, 10 ** (number % 7) + number % 2, [clerk_id(one) for one in range(20)])
            report.attention(clerk_id(number), code, "cloudflare-zero-trust" if number % 2 else "")
    report.attention(clerk_id(99), SignIn.NO_WAY_IN, "no_email")
    for number in range(100, 145):
        report.attention(clerk_id(number), SignIn.SET_PASSWORD, "no_password")


def _conflicts(report: Report) -> None:
    for number in range(60):
        code = (Code.CONFLICT_EMAIL, Code.CONFLICT_ACCOUNT_ROW_ID, Code.CONFLICT_NORMALIZED_EMAIL)[number % 3]
        report.conflict(clerk_id(number), code, clerk_id(1000 + number))


def _preflight(report: Report) -> None:
    for name in ("report_folder", "clerk", "database", "privileges"):
        report.preflight(name, "passed", "as it should be", "", [])
    report.preflight(
        "lobechat_environment", "warning", "3 variables would stop LobeChat 2", f"take out {LONG}", [LONG] * 14
    )
    report.preflight("right_instance", "skipped", "nothing to look at", "", [])


def _stages(report: Report, last: str, outcome: str, **counts: int) -> None:
    report.stage("check", "current", 0.8, {"revision": "0075", "target": "0075"})
    report.stage("export", "exported", 33.1, {"users": 1_002_345, "requests": 2_011})
    report.stage(last, outcome, 143.7, counts)


def dry_run(folder: Path) -> Report:
    report = make_report(folder, **PROD, **{f"{PREFIX}DRY_RUN": "1", f"{PREFIX}SCHEMA": "upgrade"})
    _preflight(report)
    _people(report)
    _stages(report, "migrate", "planned", insert=10_234, update=975_112)
    report.write(ExitCode.DONE)
    return report


def done(folder: Path) -> Report:
    report = make_report(folder, **PROD, AUTH_SSO_PROVIDERS="google,cloudflare-zero-trust")
    _preflight(report)
    _people(report)
    _conflicts(report)
    _stages(report, "migrate", "applied", insert=10_234, update=975_112)
    for name in ("users.complete", "accounts.one_credential", "two_factor.complete"):
        report.check(name, passed=True, message="every user in scope is in LobeChat, each field as Clerk has it")
    report.write(ExitCode.DONE)
    return report


def conflicts(folder: Path) -> Report:
    report = make_report(folder)
    _people(report)
    _conflicts(report)
    _stages(report, "migrate", "failed")
    error = ConflictsError("60 users clash with others; no user was written", hint="settle each pair and run again")
    report.write(ExitCode.CONFLICTS, error)
    return report


def failed_check(folder: Path) -> Report:
    report = make_report(folder)
    _preflight(report)
    report.preflight(
        "triggers", "failed", "a trigger writes too", "ALTER TABLE public.users DISABLE TRIGGER audit;", []
    )
    report.stage("check", "failed", 0.3, {})
    hint = "ALTER TABLE public.users DISABLE TRIGGER audit_of_every_change_to_users_and_accounts;"
    report.write(
        ExitCode.UNSUITABLE_DATABASE, UnsuitableDatabaseError("a trigger writes too", hint=hint, details=(LONG,))
    )
    return report


def verification_failed(folder: Path) -> Report:
    report = make_report(folder)
    _people(report)
    _stages(report, "verify", "failed")
    report.check("users.complete", passed=True, message="every user in scope is in LobeChat")
    report.check("passwords.checkable", passed=False, message="45 offending rows")
    details = (
        "passwords.checkable: every password that the job wrote is one that LobeChat can check: 45 offending rows",
    )
    report.write(
        ExitCode.VERIFICATION, VerificationError("1 of 13 checks failed", hint="run migrate again", details=details)
    )
    return report


def rollback(folder: Path) -> Report:
    report = make_report(folder, **{f"{PREFIX}STAGES": "rollback"})
    for number in range(3):
        report.attention(clerk_id(number), Code.KEPT_ON_ROLLBACK, "")
    report.finding(Code.KEPT_ON_ROLLBACK, 3, [clerk_id(number) for number in range(3)])
    report.stage("rollback", "rolled back", 12.0, {"users": 985_346, "accounts": 1_075_001, "kept": 3})
    report.write(ExitCode.DONE)
    return report


def smoke(folder: Path) -> Report:
    report = make_report(folder, **SMOKE)
    for result in ("passed", "warning", "skipped"):
        report.smoke(NamedCheck.model_validate({"name": f"lobechat.{result}", "result": result, "message": "2.1.39"}))
    report.stage("smoke", "passed", 2.0, {"checks": 3})
    report.write(ExitCode.DONE)
    return report


def smoke_failed(folder: Path) -> Report:
    report = make_report(folder, **SMOKE)
    hint = "add google to AUTH_SSO_PROVIDERS"
    told = {
        "name": "providers",
        "result": "failed",
        "message": "google is not offered",
        "hint": hint,
        "details": [LONG],
    }
    report.smoke(NamedCheck.model_validate(told))
    report.stage("smoke", "failed", 2.0, {})
    report.write(ExitCode.PEOPLE_KEPT_OUT, PeopleKeptOutError("LobeChat does not offer google", hint=hint))
    return report


def interrupted(folder: Path) -> Report:
    report = make_report(folder)
    report.write(ExitCode.TEMPORARY, TemporaryError("the database is out of reach", hint="run again later"))
    return report


def bug(folder: Path) -> Report:
    report = make_report(folder)
    report.write(ExitCode.BUG)
    return report


STATES: dict[str, Callable[[Path], Report]] = {
    one.__name__: one
    for one in (
        dry_run, done, conflicts, failed_check, verification_failed, rollback, smoke, smoke_failed, interrupted, bug
    )
}  # fmt: skip
