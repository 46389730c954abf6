"""Runs the checks: all of them, each told in log and report; then the first failure ends the run."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

import structlog

from job.core.errors import JobError, StoppedError
from job.lobechat.session.database_errors import ConnectionLostError, translated
from job.preflight.check import Check, CheckResult, Preflight, Result

log = structlog.get_logger()

LEVELS = {Result.WARNING: "warning", Result.FAILED: "error"}


class Told(Protocol):
    """Where each check's result is told: the report."""

    def preflight(self, name: str, result: str, message: str, hint: str, details: tuple[str, ...]) -> None:
        """Take one check's result."""


def run_preflight(checks: Iterable[Check], preflight: Preflight, report: Told) -> dict[str, int]:
    """Run every check; returns how many ended in each result.

    Raises the error of the first check that failed, in their order, after the last was run.  A lost connection and a
    stop end the run at once.
    """
    first: JobError | None = None
    counts = dict.fromkeys(Result, 0)
    for check in checks:
        preflight.needed = not check.needed_by.isdisjoint(preflight.settings.stages)
        result, error = _run_check(check, preflight)
        counts[result.result] += 1
        first = first or error
        _tell(check.name, result, report)
    if first is not None:
        raise first
    return {result.value: number for result, number in counts.items() if number}


def _run_check(check: Check, preflight: Preflight) -> tuple[CheckResult, JobError | None]:
    stop = preflight.context.stop
    stop.check()
    try:
        with translated(stop):
            return check.run(preflight), None
    except (StoppedError, ConnectionLostError):
        raise
    except JobError as error:
        preflight.failing.add(check.name)
        stop.check()  # out of time: no check's fault
        failed = CheckResult(Result.FAILED, error.message, error.hint, error.details)
        return (failed, error) if preflight.needed else (replace(failed, result=Result.WARNING), None)


def _tell(name: str, one: CheckResult, report: Told) -> None:
    level = LEVELS.get(one.result, "info")
    shown = {"details": list(one.details)} if one.details else {}
    getattr(log, level)(
        "preflight.check", check=name, result=one.result.value, found=one.message, hint=one.hint, **shown
    )
    report.preflight(name, one.result.value, one.message, one.hint, one.details)
