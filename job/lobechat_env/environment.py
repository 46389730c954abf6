"""What LobeChat 2 will find in its environment, from a `.env` file or from the files of a Kubernetes secret."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from job.lobechat_env.env_file import EnvFileError, Parsed, parse_env
from job.lobechat_env.variables import provider_id

MAX_SIZE = 1_048_576  # Kubernetes' own limit for a secret
_IS_SECRET = re.compile("SECRET|KEY|PASS|TOKEN|CREDENTIAL|CODE")


@dataclass(frozen=True)
class LobeChatEnv:
    """LobeChat's variables.  A value that is empty counts as not set; no representation shows any."""

    values: Mapping[str, str] = field(repr=False)
    hidden: frozenset[str] = frozenset()  # set, but to what only Compose's own environment says

    def get(self, name: str) -> str:
        """The value, or the empty text."""
        return self.values.get(name, "")

    def is_set(self, name: str) -> bool:
        """Whether the variable has a value, seen here or not."""
        return bool(self.get(name)) or name in self.hidden

    def is_on(self, name: str) -> bool:
        """Whether a switch is on: LobeChat takes `1` and nothing else."""
        return self.get(name) == "1"

    @property
    def provider_names(self) -> list[str]:
        """AUTH_SSO_PROVIDERS as LobeChat splits it, by `,` or the full-width comma."""
        names = re.split("[,\N{FULLWIDTH COMMA}]", self.get("AUTH_SSO_PROVIDERS"))
        return [name.strip() for name in names if name.strip()]

    @property
    def providers(self) -> frozenset[str]:
        """The ids of the providers that are enabled."""
        return frozenset(map(provider_id, self.provider_names))

    @property
    def mail_service(self) -> bool:
        """Whether LobeChat can send mail: by Resend where that is asked for, else by SMTP, which wants a user."""
        if self.get("EMAIL_SERVICE_PROVIDER").lower() == "resend":
            return self.is_set("RESEND_API_KEY") and self.is_set("RESEND_FROM")
        return all(map(self.is_set, ("SMTP_HOST", "SMTP_USER", "SMTP_PASS")))

    def secrets(self) -> tuple[str, ...]:
        """Every value that no log may show: of the variables named for a secret, and passwords inside of URLs."""
        found = [value for name, value in self.values.items() if _IS_SECRET.search(name)]
        found += [value for name, value in self.values.items() if name.endswith("URL") and "@" in value]
        found += [password for value in self.values.values() if (password := _password(value))]
        return tuple(filter(None, found))


def _password(value: str) -> str | None:
    try:
        return urlsplit(value).password if "://" in value else None
    except ValueError:
        return None


def read_environment(paths: Iterable[Path]) -> LobeChatEnv:
    """The variables of every file and folder, a later one winning.

    A folder is a mounted secret or config map: each file in it is a variable, its whole text the value.  Raises
    EnvFileError where one cannot be read.
    """
    values: dict[str, str] = {}
    hidden: frozenset[str] = frozenset()
    for path in paths:
        parsed = _read(path)
        hidden = (hidden - parsed.values.keys()) | parsed.hidden
        values = {name: value for name, value in values.items() if name not in parsed.hidden} | parsed.values
    return LobeChatEnv(values, hidden)


def _read(path: Path) -> Parsed:
    try:
        if not path.is_dir():
            return parse_env(_read_text(path))
        files = [file for file in path.iterdir() if not file.name.startswith(".") and file.is_file()]
        return Parsed({file.name: _read_text(file) for file in files}, frozenset())
    except EnvFileError as exc:
        raise EnvFileError(f"{path}: {exc}") from None
    except UnicodeError:
        raise EnvFileError(f"{path} is not UTF-8 text") from None
    except OSError as exc:
        raise EnvFileError(f"{path} cannot be read ({exc.strerror}); check its path and rights") from None


def _read_text(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        text = file.read(MAX_SIZE + 1)
    if len(text) > MAX_SIZE:
        raise EnvFileError("the file is larger than 1 MiB: that is not an environment file")
    return text
