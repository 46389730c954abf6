"""A report in every state that a run can end in, filled as the stages fill it."""

from collections.abc import Callable
from pathlib import Path

from job.core.errors import (
    ConflictsError,
    ExitCode,
    InputError,
    PeopleKeptOutError,
    TemporaryError,
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
    hint = (
        "settle each pair (attention.csv names both users) at Clerk or in LobeChat and run again; or leave them out"
        f" with {PREFIX}CONFLICTS=skip"
    )
    error = ConflictsError("60 users clash with others; no user was written", hint=hint)
    report.write(ExitCode.CONFLICTS, error)
    return report


def failed_check(folder: Path) -> Report:
    report = make_report(folder)
    _preflight(report)
    report.preflight("csv", "failed", "clerk_exported_users.csv is missing", f"move it to {LONG}", [])
    trigger = "public.users: trigger audit (function public.audit_of_every_change_to_users_and_accounts)"
    told = f"the database has triggers on LobeChat's tables: {trigger}"
    hint = "take each out of the way for the time of the migration, with the statement named beside it"
    statements = (
        "ALTER TABLE public.users DISABLE TRIGGER audit; afterwards: ALTER TABLE public.users ENABLE TRIGGER audit;"
    )
    report.preflight("triggers", "failed", told, hint, [f"{trigger}: {statements}", LONG])
    report.stage("check", "failed", 0.3, {})
    report.write(ExitCode.INPUT, InputError("clerk_exported_users.csv is missing", hint=f"move it to {LONG}"))
    return report


def verification_failed(folder: Path) -> Report:
    report = make_report(folder)
    _people(report)
    _stages(report, "verify", "failed")
    report.check("users.complete", passed=True, message="every user in scope is in LobeChat")
    told = (
        "every password that the job wrote is one that LobeChat can check: 45 offending rows, for instance of"
        f" {clerk_id(1)}, {clerk_id(2)}, {clerk_id(3)}"
    )
    report.check("passwords.checkable", passed=False, message=told)
    hint = "run migrate again, or take everything back with the stage rollback"
    details = (f"passwords.checkable: {told}",)
    report.write(ExitCode.VERIFICATION, VerificationError("1 of 13 checks failed", hint=hint, details=details))
    return report


def _rollback(folder: Path, outcome: str, dry_run: str, kept: int) -> Report:
    report = make_report(folder, **{f"{PREFIX}STAGES": "rollback", f"{PREFIX}DRY_RUN": dry_run})
    for number in range(kept):
        report.attention(clerk_id(number), Code.KEPT_ON_ROLLBACK, "")
    report.finding(Code.KEPT_ON_ROLLBACK, kept, [clerk_id(number) for number in range(kept)])
    report.stage("rollback", outcome, 12.0, {"users": 985_346, "accounts": 1_075_001, "kept": kept})
    report.write(ExitCode.DONE)
    return report


def rollback(folder: Path) -> Report:
    return _rollback(folder, "rolled back", "0", kept=3)


def rollback_of_all(folder: Path) -> Report:
    return _rollback(folder, "rolled back", "0", kept=0)


def rollback_dry_run(folder: Path) -> Report:
    return _rollback(folder, "would be rolled back", "1", kept=1)


def smoke(folder: Path) -> Report:
    report = make_report(folder, **SMOKE)
    for name, result, message in (
        ("lobechat", "passed", "LobeChat 2.1.39 answers"),
        ("domains", "warning", "3 people at 2 domains cannot set a password"),
        ("sign_in", "skipped", f"{PREFIX}SMOKE_EMAIL is not set"),
    ):
        hint = "deploy LobeChat 2.2.3 or newer, which refuses no domain" if result == "warning" else ""
        report.smoke(NamedCheck.model_validate({"name": name, "result": result, "message": message, "hint": hint}))
    report.stage("smoke", "passed", 2.0, {"checks": 3})
    report.write(ExitCode.DONE)
    return report


def smoke_failed(folder: Path) -> Report:
    report = make_report(folder, **SMOKE)
    report.smoke(NamedCheck(name="lobechat", result="passed", message="LobeChat 2.1.39 answers"))
    for provider in ("google", "cloudflare-zero-trust"):
        hint = f"add {provider} to LobeChat's AUTH_SSO_PROVIDERS, with the variables that it needs"
        message = f"LobeChat does not offer {provider}, the only way in of 58 users"
        told = {"name": f"provider.{provider}", "result": "failed", "message": message, "hint": hint}
        report.smoke(NamedCheck.model_validate(told))
    report.stage("smoke", "failed", 2.0, {})
    hint = "add google to LobeChat's AUTH_SSO_PROVIDERS, with the variables that it needs"
    report.write(ExitCode.PEOPLE_KEPT_OUT, PeopleKeptOutError("2 of 3 checks failed", hint=hint))
    return report


def verified(folder: Path) -> Report:
    report = make_report(folder, **{f"{PREFIX}STAGES": "verify", f"{PREFIX}DRY_RUN": "1"})
    report.sign_in({SignIn.PASSWORD: 12, SignIn.SSO: 1})
    report.stage("verify", "verified", 2.0, {"checks": 1})
    report.check("users.complete", passed=True, message="every user in scope is in LobeChat")
    report.write(ExitCode.DONE)
    return report


def cleanup(folder: Path) -> Report:
    report = make_report(folder, **{f"{PREFIX}STAGES": "cleanup"})
    report.stage("cleanup", "cleaned", 0.2, {})
    report.write(ExitCode.DONE)
    return report


def interrupted(folder: Path) -> Report:
    report = make_report(folder)
    report.write(ExitCode.TEMPORARY, TemporaryError("the database cannot be reached", hint="run again later"))
    return report


def bug(folder: Path) -> Report:
    report = make_report(folder)
    report.write(ExitCode.BUG)
    return report


STATES: dict[str, Callable[[Path], Report]] = {
    one.__name__: one
    for one in (
        dry_run, done, conflicts, failed_check, verification_failed, rollback, rollback_of_all, rollback_dry_run, smoke,
        smoke_failed, verified, cleanup, interrupted, bug,
    )
}  # fmt: skip
