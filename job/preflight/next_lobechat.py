"""The LobeChat that will run next: can it bring this database to its own revision, with what this server has?"""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import Row

from job.core.errors import JobError, PeopleKeptOutError
from job.lobechat_env.releases import ASSUMED, Release
from job.preflight.catalog import find
from job.preflight.check import CheckResult, Preflight, passed, warning
from job.settings import PREFIX, Settings

SEARCH_INDEXES = "0093"  # the last migration that runs anything of pg_search
PRELOADED_FROM = (0, 23)
RELEASE = f"{PREFIX}LOBECHAT_RELEASE"
CREATE = "CREATE EXTENSION pg_search;"
WITHOUT_PG_SEARCH = ("pg_like", "elasticsearch")
SET_SEARCH = (
    "set FTS_SEARCH_PROVIDER=pg_like in LobeChat's environment, and use a LobeChat that knows it (September 2026 or"
    " later)"
)


def check_next_lobechat(preflight: Preflight) -> CheckResult:
    """Hold the release's needs against the server.  Raises PeopleKeptOutError where LobeChat could not start."""
    settings, release = preflight.settings, preflight.settings.next_release
    if release.assumed:
        return warning(
            f"{RELEASE} is not set; the rules of LobeChat {ASSUMED} are assumed",
            hint=f"set {RELEASE} to the LobeChat that will run next: some addresses, links and passwords depend on it",
        )
    reached = _reached(preflight)
    if release.needs_pg_search and reached < SEARCH_INDEXES:
        found = find(preflight, "next_lobechat")[0]
        _refuse_without_pg_search(release, settings, found)
        if doubts := list(_doubts(found)):
            return warning(
                f"LobeChat {release.name} needs pg_search at startup: {' and '.join(doubt for doubt, _ in doubts)}",
                hint="; ".join(hint for _, hint in doubts),
            )
    elif release.needs_pg_search and settings.pg_search == "skip":
        return _search_without(release, settings)
    return _describe(release, reached)


def _reached(preflight: Preflight) -> str:
    """The revision at which this run leaves the database; empty where the check of the schema fails."""
    try:
        state = preflight.schema
    except JobError:
        return ""
    upgraded = bool(state.plan) and preflight.settings.schema_action != "check"
    return (state.target if upgraded else state.revision) or ""


def _describe(release: Release, reached: str) -> CheckResult:
    if release.revision is None:
        return warning(
            f"this version of the job does not know to which revision LobeChat {release.name} brings its database",
            hint="look at its release notes; the rules of the last known release before it are assumed",
        )
    if release.revision < reached:
        return warning(
            f"LobeChat {release.name} ends at revision {release.revision}, and the database is at {reached} already",
            hint="deploy a LobeChat that is at least as new as the database; an older one may not know its tables",
        )
    return passed(f"LobeChat {release.name} brings the database to revision {release.revision} by itself")


def _refuse_without_pg_search(release: Release, settings: Settings, found: Row[Any]) -> None:
    if found.installed is None and found.available is None:
        lack = "which this server does not have"
    elif _must_be_preloaded(found) and found.preload is not None and not _is_preloaded(found):
        lack = f"which this server has in version {found.installed or found.available}, but does not preload"
    else:
        return
    raise PeopleKeptOutError(
        f"LobeChat {release.name} would exit at startup: it needs PostgreSQL's extension pg_search, {lack}",
        hint="take one of the ways named",
        details=tuple(_ways_on(found, settings)),
    )


def _doubts(found: Row[Any]) -> Iterator[tuple[str, str]]:
    """What may stop LobeChat, and the hint: it may have another role than the job, which can see and do more."""
    if found.preload is None and not found.loaded and _must_be_preloaded(found):
        yield (
            "this role may not see whether it is preloaded",
            "as a superuser: SHOW shared_preload_libraries; it must name pg_search",
        )
    if found.installed is None and not found.creatable:
        yield (
            "this role may not create the extension",
            f"unless LobeChat has a role that may, create it beforehand, as a superuser in this database: {CREATE}",
        )


def _must_be_preloaded(found: Row[Any]) -> bool:
    numbers = tuple(map(int, re.findall(r"\d+", found.installed or found.available or "")))
    return numbers >= PRELOADED_FROM


def _is_preloaded(found: Row[Any]) -> bool:
    libraries = re.split(r"[,\s]+", (found.preload or "").replace('"', ""))
    return bool(found.loaded) or any(library.rpartition("/")[2] == "pg_search" for library in libraries)


def _ways_on(found: Row[Any], settings: Settings) -> list[str]:
    skip = {"SCHEMA": "upgrade", "SCHEMA_TARGET": "latest", "PG_SEARCH": "skip"}
    variables = ", ".join(f"{PREFIX}{name}={value}" for name, value in skip.items())
    ways = []
    if found.available:
        libraries = ", ".join(filter(None, [found.preload, "pg_search"]))
        ways.append(f"preload it: ALTER SYSTEM SET shared_preload_libraries = {libraries}; then restart the server")
    else:
        ways.append(
            f"move the database to a server that has it: the image paradedb/paradedb:latest-pg{found.major} opens the"
            f" data folder of another image's PostgreSQL {found.major}"
        )
    ways.append(f"deploy an earlier release first, {ASSUMED} at most, and set {RELEASE} to it")
    ways.append(f"go without pg_search: {variables}; and {SET_SEARCH}")
    if settings.database_driver == "neon":
        ways.append("Neon has no pg_search any more: take one of the last two")
    return ways


def _search_without(release: Release, settings: Settings) -> CheckResult:
    """0090 and 0093 are recorded; then LobeChat must not search by them."""
    env = settings.lobechat_env
    if env is None or env.get("FTS_SEARCH_PROVIDER") not in WITHOUT_PG_SEARCH:
        return warning(
            f"{PREFIX}PG_SEARCH=skip, and LobeChat {release.name} searches with pg_search unless told otherwise:"
            " its search would fail", hint=SET_SEARCH
        )  # fmt: skip
    return passed(f"LobeChat {release.name} goes on without pg_search")
