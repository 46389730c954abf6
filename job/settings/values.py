"""How single values are read; each function raises ValueError with the hint and never with the value."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from job.lobechat_env.variables import LOBECHAT_PROVIDERS, provider_id
from job.settings.database_url import LOOPBACK, read_url

# Better Auth 1.4.6 has these too; LobeChat does not offer them, its forks may.
OTHER_PROVIDERS = frozenset(("discord", "facebook", "gitlab", "linkedin", "slack", "twitch", "twitter"))
MAIN_STAGES = ("check", "export", "migrate", "verify")
LONE_STAGES = ("smoke", "rollback", "cleanup")

JOBS_TABLES = frozenset({"public.users", "public.accounts", "public.two_factor"})


def split_list(value: Any) -> Any:
    """`a, b` as a list; what is not text is handed on."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def check_stages(stages: Sequence[Any]) -> tuple[Any, ...]:
    """Stages in their order, each once; smoke, rollback and cleanup alone."""
    names = [stage.value for stage in stages]
    if len(names) != len(set(names)):
        raise ValueError("name each stage once")
    if len(names) > 1 and not set(names).isdisjoint(LONE_STAGES):
        raise ValueError("smoke, rollback and cleanup run alone: give that one stage")
    ordered = sorted(names, key=[*MAIN_STAGES, *LONE_STAGES].index)
    if names != ordered:
        raise ValueError(f"put the stages in their order: {','.join(ordered)}")
    return tuple(stages)


def check_database_url(secret: SecretStr) -> SecretStr:
    """A libpq URI; what it leaves out may stand in PGHOST and the like, so it is not looked for here."""
    read_url(secret.get_secret_value())
    return secret


def check_clerk_key(secret: SecretStr) -> SecretStr:
    """`sk_test_…` or `sk_live_…`."""
    key = secret.get_secret_value()
    if key.startswith("pk_"):
        raise ValueError("this is a publishable key; give the secret key (sk_…) of Clerk's dashboard, API Keys")
    if not re.fullmatch(r"sk_(test|live)_[!-~]+", key):
        raise ValueError("give the secret key (sk_test_… or sk_live_…) of Clerk's dashboard, API Keys")
    return secret


def check_csv_url(secret: SecretStr) -> SecretStr:
    """An https address."""
    _check_url(secret.get_secret_value())
    return secret


def check_api_url(url: str) -> str:
    """An https address, without a slash at its end."""
    _check_url(url)
    if "?" in url or "#" in url or "@" in url:
        raise ValueError("give the address alone, such as https://api.clerk.com/v1")
    return url.rstrip("/")


def check_lobechat_url(url: str) -> str:
    """Scheme, host and port.  LobeChat may be served by plain http: what people type is the operator's choice."""
    parts = _split_url(url)
    if parts.scheme not in {"https", "http"} or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("give the address that people type, such as https://chat.example.com")
    if "@" in parts.netloc:
        raise ValueError("give the address alone, without a user name or a password")
    return f"{parts.scheme}://{parts.netloc}".lower()


def _split_url(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("this is not an address; give https://host/path") from None
    if not host or re.search(r"\s", url):
        raise ValueError("this is not an address; give https://host/path")
    return parts


def _check_url(url: str) -> None:
    parts = _split_url(url)
    host = parts.hostname
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise ValueError("give an https address (http is accepted for this machine only)")


def check_sha256(text: str) -> str:
    """64 hex digits, in lower case."""
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ValueError("give the 64 hex digits that sha256sum prints")
    return text.lower()


def check_schema_target(text: str) -> str:
    """The shape of a target; the schema's own package says whether it exists."""
    if not re.fullmatch(r"ready|latest|\d{4}(_\w+)?|v?\d+\.\d+\.\d+", text):
        raise ValueError("give ready, latest, a revision such as 0075, or a LobeChat release such as 2.1.13")
    return text


def check_tables(names: tuple[str, ...]) -> tuple[str, ...]:
    """Tables with their schema, none of them LobeChat's own three that the job itself writes."""
    if not all(re.fullmatch(r"[A-Za-z_][\w$]*\.[A-Za-z_][\w$]*", name) for name in names):
        raise ValueError("give tables with their schema, such as public.audit, separated by commas")
    if not JOBS_TABLES.isdisjoint(names):
        raise ValueError(f"a trigger that writes to {', '.join(sorted(JOBS_TABLES))} is never accepted")
    return names


def check_env_files(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Paths of files or folders, each once."""
    if Path() in paths or len(set(paths)) < len(paths):
        raise ValueError("give the path of a file or folder, or several with commas between, each once")
    return paths


def check_lobechat_release(text: str) -> str:
    """A release of LobeChat 2, without the `v` of its tag."""
    if not re.fullmatch(r"v?\d+\.\d+\.\d+", text):
        raise ValueError("give a LobeChat release such as 2.2.19")
    if text.removeprefix("v").startswith(("0.", "1.")):
        raise ValueError("give the LobeChat 2 that will run next; LobeChat 1 has no Better Auth")
    return text.removeprefix("v")


def read_provider_map(value: Any) -> Any:
    """`custom_acme=generic-oidc,x=google` as a dictionary from Clerk's name, without `oauth_`, to LobeChat's."""
    if not isinstance(value, str):
        return value
    found: dict[str, str] = {}
    for pair in value.split(","):
        clerk, equals, lobechat = (part.strip() for part in pair.partition("="))
        clerk = clerk.removeprefix("oauth_")
        if not (clerk and equals and lobechat):
            raise ValueError("give pairs such as custom_acme=generic-oidc, separated by commas")
        if lobechat not in LOBECHAT_PROVIDERS | OTHER_PROVIDERS:
            raise ValueError(f"after each = comes one of LobeChat's providers: {', '.join(sorted(LOBECHAT_PROVIDERS))}")
        if clerk in found:
            raise ValueError("name each of Clerk's providers once")
        found[clerk] = lobechat
    return found


def read_sso_providers(value: Any) -> Any:
    """LobeChat's list, separated by `,` or the full-width comma as LobeChat reads it."""
    if not isinstance(value, str):
        return value
    names = [name.strip() for name in re.split("[,\N{FULLWIDTH COMMA}]", value) if name.strip()]
    if not all(re.fullmatch(r"[a-z0-9][a-z0-9-]*", name) for name in names):
        raise ValueError("give LobeChat's provider ids, separated by commas: google,github")
    return frozenset(map(provider_id, names))
