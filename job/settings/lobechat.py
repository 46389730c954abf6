"""LobeChat's own settings, where the file that it will run with is given: they are read from there."""

from collections.abc import Iterator

from pydantic import SecretStr

from job.lobechat_env.env_file import EnvFileError
from job.lobechat_env.environment import LobeChatEnv, read_environment
from job.settings.environment import Gathered
from job.settings.model import PREFIX, Settings

VARIABLE = f"{PREFIX}LOBECHAT_ENV_FILE"


def read_lobechat_env(settings: Settings, gathered: Gathered) -> Settings:
    """The settings with what LobeChat's file says; notes what cannot be read, and variables that say something else."""
    if not settings.lobechat_env_files:
        return settings
    try:
        env = read_environment(settings.working_folder / path for path in settings.lobechat_env_files)
    except EnvFileError as exc:
        gathered.fault(VARIABLE, str(exc))
        return settings
    read = settings.model_copy(update={"lobechat_env": env, **_values(env, settings)})
    for name in _contradicting(settings, read):
        gathered.fault(name, f"LobeChat's own file ({VARIABLE}) says something else; remove the variable")
    return read


def _values(env: LobeChatEnv, settings: Settings) -> dict[str, object]:
    """What LobeChat will have.  A value that its file takes from elsewhere is unknown: the job's own is kept."""
    found: dict[str, object] = {}
    if "AUTH_SECRET" not in env.hidden:
        found["auth_secret"] = SecretStr(env.get("AUTH_SECRET")) if env.get("AUTH_SECRET") else None
    if "AUTH_SSO_PROVIDERS" not in env.hidden:
        found["auth_sso_providers"] = env.providers
    for name, field in (
        ("AUTH_DISABLE_EMAIL_PASSWORD", "auth_disable_email_password"),
        ("AUTH_EMAIL_VERIFICATION", "auth_email_verification"),
    ):
        found[field] = getattr(settings, field) if name in env.hidden else env.is_on(name)
    return found


def _contradicting(given: Settings, read: Settings) -> Iterator[str]:
    """The job's variables that were given and say something else than LobeChat's file."""
    for field in ("auth_secret", "auth_sso_providers", "auth_disable_email_password", "auth_email_verification"):
        if field in given.model_fields_set and getattr(given, field) != getattr(read, field):
            yield str(Settings.model_fields[field].alias)
    if given.smtp_host is not None and not read.mail_service:
        yield "SMTP_HOST"
