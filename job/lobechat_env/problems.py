"""What in LobeChat 2's environment keeps people out, or will trouble them: as data, without a single value."""

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from job.lobechat_env.environment import LobeChatEnv
from job.lobechat_env.variables import (
    EXAMPLE_JWKS_ID,
    LOBECHAT_PROVIDERS,
    PROVIDERS,
    RECOMMENDED,
    REMOVED,
    REMOVED_PREFIXES,
    RENAMED,
    REQUIRED,
    SMTP_LINES,
    SWITCHES,
    provider_id,
    webhook_variable,
)


class Severity(StrEnum):
    """ERROR: LobeChat does not start, or nobody can sign in.  WARNING: some people, or some things, will not work."""

    ERROR = "error"
    WARNING = "warning"


class Action(StrEnum):
    """What is to be done with the variable's line."""

    REMOVE = "remove"
    RENAME = "rename"
    ADD = "add"
    CHANGE = "change"


class Problem(NamedTuple):
    """One variable, what to do with it, and why.  `line`: the new name, or the line to add."""

    severity: Severity
    action: Action
    name: str
    text: str
    line: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


def find_problems(env: LobeChatEnv) -> list[Problem]:
    """Every problem, errors first.  What a new name will set counts as set already, so that nothing is told twice."""
    renamed = LobeChatEnv({**_values_after_renaming(env)}, env.hidden)
    found = [*_stoppers(env), *_required(renamed), *_providers(renamed), *_recommended(renamed)]
    found += [*_mail(renamed), *_switches(renamed)]
    return sorted(found, key=lambda problem: problem.severity is Severity.WARNING)


def _error(action: Action, name: str, text: str, line: str = "") -> Problem:
    return Problem(Severity.ERROR, action, name, text, line)


def _warning(action: Action, name: str, text: str, line: str = "") -> Problem:
    return Problem(Severity.WARNING, action, name, text, line)


def _values_after_renaming(env: LobeChatEnv) -> dict[str, str]:
    values = {name: value for name, value in env.values.items() if name not in RENAMED}
    for old, new in RENAMED.items():
        if env.get(old) and not values.get(new):
            values[new] = env.get(old)
    return values


def _stoppers(env: LobeChatEnv) -> Iterator[Problem]:
    """What LobeChat 2 exits for at its start."""
    taken = {name for name in env.values if env.get(name)}
    for name in sorted({*env.values, *env.hidden}):
        if name.startswith(REMOVED_PREFIXES) or (name in REMOVED and env.is_set(name)):
            yield _error(Action.REMOVE, name, "remove it; LobeChat 2 does not start while it is set")
        elif (new := RENAMED.get(name)) and env.is_set(name):
            if new in taken:
                yield _error(
                    Action.REMOVE, name, f"remove it; LobeChat 2 does not start while it is set, and {new} replaces it"
                )
            else:
                taken.add(new)
                yield _error(
                    Action.RENAME, name, f"rename it to {new}; LobeChat 2 does not start under the old name", new
                )


def _required(env: LobeChatEnv) -> Iterator[Problem]:
    for name, (consequence, line) in REQUIRED.items():
        if not env.is_set(name):
            yield _error(Action.ADD, name, f"is missing: {consequence}; add {line}", line)
    yield from _app_url(env.get("APP_URL"))
    driver = env.get("DATABASE_DRIVER")
    if driver not in {"", "node", "neon"}:
        yield _error(
            Action.CHANGE, "DATABASE_DRIVER", "must be node or neon; LobeChat does not start with anything else"
        )


def _app_url(url: str) -> Iterator[Problem]:
    if not url:
        return
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"}:
        yield _error(Action.CHANGE, "APP_URL", "is not an address; write https://<the address that people type>")
    elif url.endswith("/"):
        yield _error(Action.CHANGE, "APP_URL", "remove the slash at its end; LobeChat 2 does not start with it")
    elif host in {"localhost", "127.0.0.1", "0.0.0.0", "::1"}:  # noqa: S104 - nothing is bound
        yield _warning(
            Action.CHANGE, "APP_URL", "names the server itself: sign-ins through a provider and links in mails lead"
            " back there; write the address that people type"
        )  # fmt: skip


def _providers(env: LobeChatEnv) -> Iterator[Problem]:
    """Whatever is wrong with one name makes every request for a sign-in fail, also those with a password."""
    name = "AUTH_SSO_PROVIDERS"
    if not env.is_set(name):
        yield _warning(
            Action.ADD, name, "is missing: LobeChat offers no provider, and whoever has no password must set one by"
            " mail; add the providers that people use", f"{name}=<google,github,…>"
        )  # fmt: skip
    seen: set[str] = set()
    for given in env.provider_names:
        provider = provider_id(given)
        if provider not in LOBECHAT_PROVIDERS:
            known = ", ".join(sorted(LOBECHAT_PROVIDERS))
            yield _error(
                Action.CHANGE, name, f"contains a name that LobeChat does not know, and no sign-in works; it knows"
                f" {known}"
            )  # fmt: skip
        elif provider in seen:
            yield _error(Action.CHANGE, name, f"names {provider} twice, and no sign-in works; name it once")
        else:
            seen.add(provider)
            yield from _provider(env, provider)
    if env.is_on("AUTH_DISABLE_EMAIL_PASSWORD") and not env.is_set(name):
        yield _error(
            Action.CHANGE, "AUTH_DISABLE_EMAIL_PASSWORD", "is 1 and no provider is enabled: nobody can sign in; remove"
            f" it, or set {name}"
        )  # fmt: skip


def _provider(env: LobeChatEnv, provider: str) -> Iterator[Problem]:
    for variable in PROVIDERS[provider]:
        if not env.is_set(variable):
            yield _error(
                Action.ADD, variable, f"is missing, and no sign-in works: {provider} in AUTH_SSO_PROVIDERS needs"
                f" {', '.join(PROVIDERS[provider])}", f"{variable}=<of your {provider} application>"
            )  # fmt: skip
    webhook = webhook_variable(provider)
    if webhook and not env.is_set(webhook):
        yield _warning(
            Action.ADD, webhook, f"is missing: people without an address at {provider} cannot sign in until its"
            " webhook has delivered one", f"{webhook}=<of your {provider} webhook>"
        )  # fmt: skip


def _recommended(env: LobeChatEnv) -> Iterator[Problem]:
    for name, (consequence, line) in RECOMMENDED.items():
        if not env.is_set(name):
            yield _warning(Action.ADD, name, f"is missing: {consequence}; add {line}", line)
    if env.get("JWKS_KEY"):
        yield from _jwks(env.get("JWKS_KEY"))


def _jwks(text: str) -> Iterator[Problem]:
    line = RECOMMENDED["JWKS_KEY"][1]
    try:
        keys = json.loads(text)["keys"]
        usable = any(key["kty"] == "RSA" and key["d"] and key.get("alg", "RS256") == "RS256" for key in keys)
        published = any(key.get("kid") == EXAMPLE_JWKS_ID for key in keys)
    except (ValueError, TypeError, KeyError, AttributeError):
        usable = published = False
    if not usable:
        yield _warning(
            Action.CHANGE, "JWKS_KEY", "is not a JSON Web Key Set with a private RSA key for RS256: tasks in the"
            f" background fail; make it {line}", line
        )  # fmt: skip
    elif published:
        yield _warning(
            Action.CHANGE, "JWKS_KEY", "is the key of LobeChat's example file: anyone can sign with it; make it"
            f" {line}", line
        )  # fmt: skip


def _mail(env: LobeChatEnv) -> Iterator[Problem]:
    service = env.get("EMAIL_SERVICE_PROVIDER").lower()
    resend = service == "resend"
    if service not in {"", "nodemailer", "resend"}:
        yield _error(
            Action.CHANGE, "EMAIL_SERVICE_PROVIDER", "must be nodemailer or resend; no sign-in works with anything else"
        )
    needed = ("RESEND_API_KEY", "RESEND_FROM") if resend else ("SMTP_HOST", "SMTP_USER", "SMTP_PASS")
    missing = [name for name in needed if not env.is_set(name)]
    if len(missing) == len(needed) and not resend:
        yield _warning(
            Action.ADD, "SMTP_HOST", "is missing, and so is every other mail service: nobody can set a password or"
            " confirm an address; add SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASS and SMTP_FROM, or Resend",
            SMTP_LINES
        )  # fmt: skip
    for name in missing if resend or len(missing) < len(needed) else ():
        yield _warning(
            Action.ADD, name, f"is missing: LobeChat sends no mail without {', '.join(needed)}",
            f"{name}=<of your mail service>"
        )  # fmt: skip
    if not resend:
        yield from _smtp(env)


def _smtp(env: LobeChatEnv) -> Iterator[Problem]:
    port, secure = env.get("SMTP_PORT"), env.get("SMTP_SECURE")
    if port and not port.isdecimal():
        yield _error(Action.CHANGE, "SMTP_PORT", "must be a number; no sign-in works with anything else")
    if secure not in {"", "true", "false"}:
        yield _warning(Action.CHANGE, "SMTP_SECURE", "must be true or false; LobeChat reads anything else as false")
    elif port == "465" and secure != "true":
        yield _warning(Action.CHANGE, "SMTP_SECURE", "port 465 speaks TLS from its first byte: set it to true")


def _switches(env: LobeChatEnv) -> Iterator[Problem]:
    for name in SWITCHES:
        if env.get(name) not in {"", "0", "1"}:
            yield _warning(Action.CHANGE, name, "is neither 1 nor 0; LobeChat reads it as off: only 1 switches it on")
    verification = env.is_on("AUTH_EMAIL_VERIFICATION")
    if env.mail_service and not verification:
        yield _warning(
            Action.ADD, "AUTH_EMAIL_VERIFICATION", "is not 1: LobeChat does not ask new people to confirm their"
            " address; with 1, migrated people whose address Clerk had not verified must confirm it too",
            "AUTH_EMAIL_VERIFICATION=1"
        )  # fmt: skip
    if not env.mail_service:
        for name in ("AUTH_EMAIL_VERIFICATION", "AUTH_ENABLE_MAGIC_LINK"):
            if env.is_on(name):
                yield _warning(Action.CHANGE, name, "is 1 without a mail service: its mails are never sent")
    for name, value in env.values.items():
        if value and value != value.strip():
            yield _warning(
                Action.CHANGE, name, "begins or ends with white space, which LobeChat takes as part of the value;"
                " create the secret again without it (printf, not echo)"
            )  # fmt: skip
    for name in sorted(env.hidden):
        yield _warning(
            Action.CHANGE, name, "takes its value from the environment in which Compose is started; the job cannot see"
            " it and assumes that it is set"
        )  # fmt: skip
