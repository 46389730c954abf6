"""All checks run, each is told, and the first failure in their order ends the run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from job.context import Context
from job.core.errors import ConflictsError, InputError, JobError, UnsuitableDatabaseError
from job.core.progress import Progress
from job.core.stop import Stop
from job.lobechat.session.database import Database
from job.lobechat.session.database_errors import ConnectionLostError
from job.preflight.check import Check, CheckResult, Preflight, passed, skipped, warning
from job.preflight.runner import run_preflight
from job.report import Report
from job.settings import Stage
from tests.support.reports import make_report

NEVER = frozenset({Stage.ROLLBACK})


def failing(error: JobError) -> Callable[[Preflight], CheckResult]:
    def run(_: Preflight) -> CheckResult:
        raise error

    return run


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return make_report(tmp_path)


@pytest.fixture
def preflight(report: Report) -> Iterator[Preflight]:
    settings = report._settings

    @contextmanager
    def reading() -> Iterator[Connection]:
        raise AssertionError
        yield

    with Stop() as stop, Progress("json") as progress:
        database = Database(settings.connection_string(), "node", "run", stop, 10)
        yield Preflight(Context(settings, "run", stop, progress), database, reading)


def results(report: Report) -> dict[str, str]:
    return {one.name: one.result for one in report.model.preflight}


def test_a_failure_hides_none_of_the_checks_behind_it(preflight: Preflight, report: Report) -> None:
    checks = (
        Check("a", lambda _: passed("good")),
        Check("b", failing(UnsuitableDatabaseError("bad", hint="mend", details=("one", "two")))),
        Check("c", failing(InputError("worse"))),
        Check("d", lambda _: warning("odd", hint="look")),
        Check("e", lambda _: skipped("nothing")),
    )
    with pytest.raises(UnsuitableDatabaseError):
        run_preflight(checks, preflight, report)
    assert results(report) == {"a": "passed", "b": "failed", "c": "failed", "d": "warning", "e": "skipped"}
    assert report.model.preflight[1].details == ["one", "two"]


def test_the_order_of_the_checks_decides_the_exit_code(preflight: Preflight, report: Report) -> None:
    checks = [Check("a", failing(InputError("a"))), Check("b", failing(UnsuitableDatabaseError("b")))]
    with pytest.raises(InputError):
        run_preflight(checks, preflight, report)
    with pytest.raises(UnsuitableDatabaseError):
        run_preflight(reversed(checks), preflight, report)


def test_a_failure_that_no_stage_of_the_run_minds_is_a_warning(preflight: Preflight, report: Report) -> None:
    seen = []

    def run(given: Preflight) -> CheckResult:
        seen.append(given.needed)
        raise InputError("missing", hint="fetch it")

    assert run_preflight([Check("a", run, needed_by=NEVER)], preflight, report) == {"warning": 1}
    assert seen == [False]
    assert (report.model.preflight[0].result, report.model.preflight[0].hint) == ("warning", "fetch it")


def test_a_lost_connection_is_no_verdict_and_ends_the_run_at_once(preflight: Preflight, report: Report) -> None:
    checks = (
        Check("a", failing(ConflictsError("a"))),
        Check("b", failing(ConnectionLostError("gone")), needed_by=NEVER),
        Check("c", lambda _: passed("good")),
    )
    with pytest.raises(ConnectionLostError):
        run_preflight(checks, preflight, report)
    assert results(report) == {"a": "failed"}


def test_each_check_is_one_event_of_the_log(
    preflight: Preflight, report: Report, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError):
        run_preflight([Check("a", failing(InputError("missing", hint="fetch it")))], preflight, report)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "preflight.check" in line]
    for word in ("check", "a", "failed", "missing", "fetch it"):
        assert word in line
