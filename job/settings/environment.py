"""The raw variables: the environment over `.env`, secrets from their files, and the names that nobody knows."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import parse_stream
from pydantic import SecretStr

from job.settings.deployment import explain_missing_secret, is_kubernetes
from job.settings.model import PREFIX, Settings
from job.settings.near_miss import is_near_miss

# Also the prefix misspelt, as in clerk_to_better_auth_, or as the documents shorten it.
OURS = re.compile("CLERK_TO_BETTER|^(TEST_|PROD_)?C2B_", re.IGNORECASE)
SHORT = "C2B_"
LONGEST_SECRET = 65_536
VERBATIM = "PGPASSWORD"  # blanks at its ends belong to it, as libpq has it; a file's last line break does not


def _variables() -> tuple[dict[str, str], frozenset[str]]:
    """Every variable with its field, and those that are secrets."""
    names = {info.alias: name for name, info in Settings.model_fields.items() if info.alias}
    secret = {alias for alias, name in names.items() if _is_secret(Settings.model_fields[name].annotation)}
    return names, frozenset(secret)


def _is_secret(annotation: object) -> bool:
    return SecretStr.__name__ in str(annotation)


VARIABLES, SECRETS = _variables()
KNOWN = (*VARIABLES, *(f"{name}_FILE" for name in sorted(SECRETS)))


@dataclass
class Gathered:
    """Values by variable name, and what was wrong with the rest."""

    values: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)

    def fault(self, name: str, text: str) -> None:
        """Note what is wrong with one variable."""
        self.problems.append(f"{name}: {text}")
        self.faulty.add(name)


def gather(environ: Mapping[str, str], folder: Path) -> Gathered:
    """Every variable that has a value.  A variable that is set to nothing counts as not set."""
    gathered = Gathered()
    everything = {**_read_dotenv(folder / ".env", gathered), **environ}
    for name in sorted(everything):
        if name in KNOWN:
            if everything[name].strip():
                gathered.values[name] = everything[name] if name == VERBATIM else everything[name].strip()
        elif _is_meant_for_us(name):
            gathered.fault(name, _unknown(name))
    for name in SECRETS:
        _read_secret_file(name, folder, gathered, in_kubernetes=is_kubernetes(environ))
    return gathered


def _is_meant_for_us(name: str) -> bool:
    return OURS.search(name) is not None or is_near_miss(name, PREFIX)


def _unknown(name: str) -> str:
    if name.endswith("_FILE") and name.removesuffix("_FILE") in VARIABLES:
        return f"only secrets are read from files; set {name.removesuffix('_FILE')} itself"
    if SHORT in name:
        return f"C2B_ is short for {PREFIX} in the documents alone; set {name.replace(SHORT, PREFIX, 1)}"
    if f"TEST_{name}" in VARIABLES:
        return f"there is no such variable; set TEST_{name} or PROD_{name}"
    nearest = difflib.get_close_matches(name.upper(), KNOWN, n=1)
    hint = f"did you mean {nearest[0]}?" if nearest else "remove it; docs/settings.md lists all"
    return f"there is no such variable; {hint}"


def _read_secret_file(name: str, folder: Path, gathered: Gathered, *, in_kubernetes: bool) -> None:
    path = gathered.values.pop(f"{name}_FILE", None)
    if path is None:
        return
    if name in gathered.values:
        gathered.fault(name, f"set either {name} or {name}_FILE, not both")
        return
    try:
        with (folder / path).open(encoding="utf-8") as file:
            text = file.read(LONGEST_SECRET)
    except FileNotFoundError:
        gathered.fault(f"{name}_FILE", explain_missing_secret(folder / path, in_kubernetes=in_kubernetes))
    except (OSError, ValueError) as exc:
        gathered.fault(f"{name}_FILE", f"the file cannot be read ({type(exc).__name__}); check its path and rights")
    else:
        if text.strip():
            gathered.values[name] = text.rstrip("\r\n") if name == VERBATIM else text.strip()
            return
        gathered.fault(f"{name}_FILE", "the file is empty; put the secret into it")
    gathered.faulty.add(name)


def _read_dotenv(path: Path, gathered: Gathered) -> dict[str, str]:
    """The lines of `.env` that concern the job; `${…}` stays as it is."""
    try:
        lines = list(_parse(path))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as exc:
        gathered.fault(".env", f"the file cannot be read ({type(exc).__name__}); it must be a text file in UTF-8")
        return {}
    for number in (number for number, name, _ in lines if name is None):
        gathered.fault(".env", f"line {number} is not NAME=value; correct or remove it")
    found: dict[str, str] = {}
    for number, name, value in lines:
        if name is None or (name not in KNOWN and not _is_meant_for_us(name)):
            continue
        if value is None:
            gathered.fault(name, f"line {number} of .env gives it no value; write NAME=value")
        elif found.setdefault(name, value) != value:
            gathered.fault(name, f"line {number} of .env sets it a second time; keep one line")
    return found


def _parse(path: Path) -> Iterable[tuple[int, str | None, str | None]]:
    """(line, name, value); a line that cannot be read has no name."""
    with path.open(encoding="utf-8-sig") as file:
        yield from _bindings(file)


def _bindings(file: Iterator[str]) -> Iterator[tuple[int, str | None, str | None]]:
    for binding in parse_stream(file):  # type: ignore[arg-type] # an open text file
        if binding.error or binding.key is not None:
            yield binding.original.line, None if binding.error else binding.key, binding.value
