"""Asks the running LobeChat one thing after the other and holds each answer against the database's."""

import asyncio
from collections import Counter
from collections.abc import Callable

import structlog

from job.context import Context
from job.core.errors import PeopleKeptOutError, TemporaryError
from job.core.stoppable import run_stoppable
from job.lobechat.session.database import Database
from job.report import Report
from job.report.model import NamedCheck
from job.settings import Settings
from job.smoke.check import Check, Visit, skipped
from job.smoke.expected import make_reader
from job.smoke.lobechat_api import LobeChatApi
from job.smoke.passwords import check_domains, check_password_sign_in
from job.smoke.people import check_made_up, check_people
from job.smoke.providers import check_providers
from job.smoke.server import check_better_auth, check_version
from job.smoke.trial import check_test_user

log = structlog.get_logger()

DEADLINE_SECONDS = 900.0  # for all of it
LEVELS = {"warning": "warning", "failed": "error"}

# Asked of LobeChat itself, then of Better Auth: there with the name to tell where Better Auth does not answer.
OF_LOBECHAT: tuple[Check, ...] = (check_made_up, check_people)
OF_BETTER_AUTH: tuple[tuple[str, Check], ...] = (
    ("password_sign_in", check_password_sign_in),
    ("providers", check_providers),
    ("domains", check_domains),
    ("sign_in", check_test_user),
)


def run_smoke(context: Context, database: Database, report: Report) -> dict[str, int | str]:
    """Ask everything; returns the counts.

    Raises PeopleKeptOutError with every difference, TemporaryError where LobeChat cannot be reached, SettingsError for
    a certificate that is not accepted.
    """
    try:
        return run_stoppable(context.stop, lambda: _run(context, database, report))
    except TimeoutError:
        raise TemporaryError(
            f"LobeChat took longer than {DEADLINE_SECONDS:g} seconds to answer everything",
            hint="find out what makes it slow, then run again",
        ) from None


async def _run(context: Context, database: Database, report: Report) -> dict[str, int | str]:
    told: list[NamedCheck] = []

    def tell(one: NamedCheck) -> None:
        told.append(one)
        report.smoke(one)
        context.progress.advance()
        _log(one)

    async with asyncio.timeout(DEADLINE_SECONDS), LobeChatApi(context.settings.lobechat_url or "") as api:
        await _ask_everything(_begin_visit(context.settings, database, api, tell))
    _refuse(told)
    results = Counter(one.result for one in told)
    return {
        "checks": len(told),
        "warnings": results["warning"],
        "skipped": results["skipped"],
        "requests": api.requests,
    }


def _begin_visit(settings: Settings, database: Database, api: LobeChatApi, tell: Callable[[NamedCheck], None]) -> Visit:
    read = make_reader(database, settings)
    email, password = settings.smoke_email, settings.smoke_password
    return Visit(
        api,
        expected=read(None),
        read=read,
        tell=tell,
        test_email=email.get_secret_value() if email else None,
        test_password=password.get_secret_value() if password else None,
    )


async def _ask_everything(visit: Visit) -> None:
    """Make every check; what an old or foreign server cannot answer at all is skipped."""
    await check_version(visit)
    await check_better_auth(visit)
    if visit.release is None and not visit.better_auth:
        visit.tell(skipped("everything_else", "LobeChat 2 does not answer at this address"))
        return
    for check in OF_LOBECHAT:
        await check(visit)
    for name, check in OF_BETTER_AUTH:
        if visit.better_auth:
            await check(visit)
        else:
            visit.tell(skipped(name, "Better Auth does not answer"))


def _log(one: NamedCheck) -> None:
    shown = {"details": one.details} if one.details else {}
    level = LEVELS.get(one.result, "info")
    getattr(log, level)("smoke.check", check=one.name, result=one.result, found=one.message, hint=one.hint, **shown)


def _refuse(told: list[NamedCheck]) -> None:
    failed = [one for one in told if one.result == "failed"]
    if failed:
        raise PeopleKeptOutError(
            f"{len(failed)} of {len(told)} checks failed",
            hint=failed[0].hint,
            details=tuple(f"{one.name}: {one.message} ({one.hint})" for one in failed),
        )
