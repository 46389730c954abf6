"""What `python -m job --help` and `--version` print."""

import shutil
import sys
import textwrap
from collections.abc import Iterator
from enum import Enum
from importlib.metadata import version
from typing import Any

from job.settings import Settings
from schema.journal import LATEST, PIN
from schema.targets import releases, releases_at

# Where each group of variables begins, by the first of its fields in job/settings/model.py.
GROUPS = {
    "mode": "Which database, and for real or not",
    "path": "What the run does",
    "data_dir": "Clerk's files",
    "conflicts": "Decisions about users",
    "clerk_api_url": "Clerk's API",
    "lobechat_env_files": "LobeChat's own settings",
    "report_dir_given": "Report and log",
}
LEAST_WIDTH = 40
USAGE = """\
Moves the users of a self-hosted LobeChat from Clerk to Better Auth.

Usage: python -m job [--help | --version]

Everything is set by environment variables, or by lines of .env in the working
folder. What follows = is the default. docs/settings.md says more, and
which secrets can be read from files (NAME_FILE)."""


def answer(arguments: list[str]) -> tuple[int, str] | None:
    """The exit code and what to print, or None where there is no argument and the job is to run."""
    match arguments:
        case []:
            return None
        case ["--help" | "-h"]:
            return 0, describe_variables()
        case ["--version"]:
            return 0, describe_version()
    return 2, "python -m job takes no argument but --help and --version; everything is set by environment variables"


def describe_variables() -> str:
    """Every variable in a line of its own, in groups; wrapped on a terminal alone, so that grep finds all of it."""
    width = max(shutil.get_terminal_size().columns, LEAST_WIDTH) if sys.stdout.isatty() else sys.maxsize
    return "\n".join([USAGE, *_variables(width)])


def _variables(width: int) -> Iterator[str]:
    for field, info in Settings.model_fields.items():
        if field in GROUPS:
            yield f"\n{GROUPS[field]}:"
        if info.alias and info.description:
            text = f"{info.alias}={_written(info.default)}  {info.description.replace('`', '')}"
            yield textwrap.fill(text, width, initial_indent="  ", subsequent_indent=" " * 6, break_on_hyphens=False)


def _written(value: Any) -> str:
    match value:
        case None | {}:
            return ""
        case bool():
            return str(int(value))
        case tuple():
            return ",".join(value)
        case Enum():
            return str(value.value)
    return str(value)


def describe_version() -> str:
    """The job's version, the revisions that it can bring a database to, and the LobeChat releases that it knows."""
    known = releases()
    return "\n".join(
        (
            f"clerk-to-betterauth {version('clerk-to-betterauth')}",
            f"schema: {PIN} unless set otherwise ({_at(PIN)}), at most {LATEST} ({_at(LATEST)})",
            f"knows the revisions of LobeChat {known[0]['since']} to {known[-1]['last_seen']}",
        )
    )


def _at(revision: str) -> str:
    return "LobeChat {} to {}".format(*releases_at(revision))
