"""What C2B_SCHEMA_TARGET may say: a revision, `ready`, `latest`, or a LobeChat release."""

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from schema.errors import TargetError
from schema.journal import LATEST, READY, entries

VARIABLE = "CLERK_TO_BETTERAUTH_SCHEMA_TARGET"
HINT = f"set it to a revision (0000 to {LATEST}), to ready or latest, or to a LobeChat release such as 2.1.13"
NAME_THE_REVISION = "name the revision itself"

Version = tuple[int, ...]


@cache
def releases() -> tuple[dict[str, Any], ...]:
    """Return LobeChat's releases by the last migration they carry, oldest first."""
    return tuple(json.loads((Path(__file__).parent / "releases.json").read_text())["releases"])


def resolve_target(name: str) -> str:
    """Return the revision that `name` stands for; raises TargetError when it stands for none that can be reached."""
    known = entries().get(name[:4])
    if name in {"ready", "latest"}:
        revision = READY if name == "ready" else LATEST
    elif re.fullmatch(r"v?\d+\.\d+\.\d+", name):
        revision = revision_of_release(name.removeprefix("v"))
    elif known is not None and name in {name[:4], known.tag}:
        revision = name[:4]
    else:
        raise TargetError(f"{VARIABLE}: {name!r} is not a revision or a release of LobeChat", hint=HINT)
    if revision > LATEST:
        raise TargetError(
            f"{VARIABLE}: {name} means revision {revision}, and this job goes up to {LATEST}",
            hint=f"set it to latest ({LATEST}); LobeChat {name} takes the remaining steps when it starts",
        )
    return revision


def revision_of_release(name: str) -> str:
    """Return the revision to which LobeChat `name` (2.1.13) brings its database; raises TargetError if unknown."""
    version = _version(name)
    rows = releases()
    for row in rows:
        if _version(row["since"]) <= version <= _version(row["last_seen"]):
            return str(row["revision"])
    for before, after in pairwise(rows):
        if _version(before["last_seen"]) < version < _version(after["since"]):
            raise TargetError(
                f"{VARIABLE}: which revision LobeChat {name} ends at is not known; it lies between"
                f" {before['last_seen']} ({before['revision']}) and {after['since']} ({after['revision']})",
                hint=NAME_THE_REVISION,
            )
    raise TargetError(
        f"{VARIABLE}: LobeChat {name} is outside the known releases,"
        f" {rows[0]['since']} ({rows[0]['revision']}) to {rows[-1]['last_seen']} ({rows[-1]['revision']})",
        hint=NAME_THE_REVISION,
    )


def releases_at(revision: str) -> tuple[str, str]:
    """Return the first and the last LobeChat release that bring a database to `revision` and no further."""
    row = next(row for row in releases() if row["revision"] == revision)
    return str(row["since"]), str(row["last_seen"])


def _version(name: str) -> Version:
    return tuple(int(part) for part in name.split("."))
