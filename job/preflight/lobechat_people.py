"""How many people LobeChat's own settings bear on, counted from the plan."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import Row

from job.lobechat_env.environment import LobeChatEnv
from job.lobechat_env.variables import PROVIDERS, webhook_variable
from job.preflight.catalog import find
from job.preflight.check import CheckResult, Preflight, passed, skipped, warning
from job.settings import PREFIX, Settings


def check_lobechat_people(preflight: Preflight) -> CheckResult:
    """Count who depends on a provider that is not enabled, on mail that is not sent, and the like."""
    settings = preflight.settings
    if settings.lobechat_env is None:
        return skipped(f"{PREFIX}LOBECHAT_ENV_FILE is not set")
    rows = find(preflight, "lobechat_people")
    details = tuple(_tell(rows, settings, settings.lobechat_env))
    if not details:
        return passed("nobody depends on anything that LobeChat's environment lacks")
    return warning(
        "people depend on what LobeChat's environment lacks",
        hint="change it before they come back; attention.csv names them",
        details=details,
    )


def _tell(rows: Any, settings: Settings, env: LobeChatEnv) -> Iterator[str]:
    enabled = settings.auth_sso_providers or frozenset()
    for row in rows:
        if row.provider_id is None:
            yield from _tell_of_all(row, settings)
        elif row.provider_id not in enabled:
            yield (
                f"{row.provider_id} is not enabled: {_people(row.links)} signed in through it, {row.stranded} of them"
                f" without another way in; {_enable(row.provider_id)}"
            )
        elif row.unaddressed and (webhook := webhook_variable(row.provider_id)) and not env.is_set(webhook):
            yield (
                f"{webhook} is missing: {_people(row.unaddressed)} of {row.provider_id} without an address cannot sign"
                " in until its webhook has delivered one"
            )


def _enable(provider: str) -> str:
    if provider not in PROVIDERS:
        return "LobeChat offers no such provider"
    return f"add it to AUTH_SSO_PROVIDERS, with {', '.join(PROVIDERS[provider])}"


def _tell_of_all(row: Row[Any], settings: Settings) -> Iterator[str]:
    if row.stranded and not settings.mail_service:
        yield f"no mail service: {_people(row.stranded)} must set a password by mail, and cannot; give LobeChat one"
    if row.passwords_alone and settings.auth_disable_email_password:
        yield f"AUTH_DISABLE_EMAIL_PASSWORD=1 keeps out {_people(row.passwords_alone)} with only a password; remove it"


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"
