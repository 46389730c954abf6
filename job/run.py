"""One run from settings to exit code: the stages in their order, the lock around them, the report at the end."""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path

import structlog

from job.context import Context
from job.core.errors import ExitCode, JobError, LockHeldError, StoppedError, TemporaryError
from job.core.logs import choose_format, configure_logs, log_bug
from job.core.output import hurry_output
from job.core.progress import Progress
from job.core.stop import Stop
from job.lobechat.migration import Migration
from job.lobechat.session.database import Database
from job.lobechat.session.database_errors import ConnectionLostError, translated
from job.lobechat.session.lock import hold_lock
from job.report import Report
from job.report.terminal import show_end, show_failure
from job.settings import PREFIX, Stage, load_settings
from job.stages import STAGES, Run, check_without_database

log = structlog.get_logger()

CONNECTION_ATTEMPTS = 3  # the work goes on after a restart of the server; more often it is time to give up
READING = {Stage.EXPORT, Stage.SMOKE}  # the stages that a replica allows


def main(environ: Mapping[str, str], folder: Path) -> int:
    """Run the job with the settings in `environ` and in `folder`/.env; returns the exit code."""
    run_id = make_run_id()
    try:
        settings = load_settings(environ, folder)
    except JobError as error:
        log_format = choose_format(environ.get(f"{PREFIX}LOG_FORMAT"))
        configure_logs("info", log_format, ())
        structlog.contextvars.bind_contextvars(run_id=run_id)
        if log_format == "console":
            show_failure(error)
        return _failed(error)
    log_format = choose_format(settings.log_format)
    configure_logs(settings.log_level, log_format, settings.secrets())
    structlog.contextvars.bind_contextvars(run_id=run_id)
    with Stop() as stop, Progress(log_format) as progress:
        stop.on_stop(hurry_output)
        report = Report(settings, run_id)
        code = _run(Context(settings, run_id, stop, progress), report)
        if log_format == "console":
            show_end(report.model, report.page)
        return code


def make_run_id() -> str:
    """When the run began, and four random digits."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(2)}"


def _run(context: Context, report: Report) -> int:
    error: JobError | None = None
    code = ExitCode.DONE
    try:
        log.info("run.started", **context.settings.describe())
        report.prepare()
        _work(context, report)
    except JobError as exc:
        error, code = exc, ExitCode(_failed(exc))
    except Exception as exc:  # noqa: BLE001 - the one place where a bug becomes exit code 1
        log_bug(exc)
        code = ExitCode.BUG
    context.progress.end()
    code = _write_report(report, code, error)
    log.info("run.ended", exit_code=int(code), **report.summary())
    return int(code)


def _write_report(report: Report, code: ExitCode, error: JobError | None) -> ExitCode:
    """The report; that it cannot be written must not hide why the run failed."""
    try:
        report.write(code, error)
    except JobError as exc:
        log.error("report.not_written", reason=exc.message, hint=exc.hint)  # noqa: TRY400 - no traceback in the log
        return code or ExitCode(exc.exit_code)
    return code


def _work(context: Context, report: Report) -> None:
    """Every stage; where not even the lock could be taken, whatever else there is to tell."""
    settings = context.settings
    database = Database(
        connection_string=settings.connection_string(),
        driver=settings.database_driver,
        run_id=context.run_id,
        stop=context.stop,
        statement_timeout_seconds=settings.stage_timeout_seconds,
    )
    try:
        _work_under_lock(context, report, database)
    except (StoppedError, LockHeldError):
        raise
    except JobError:
        if Stage.CHECK in settings.stages and not report.model.preflight:
            with context.stop.stage_deadline(settings.stage_timeout_seconds):
                check_without_database(context, report, database)
        raise


def _work_under_lock(context: Context, report: Report, database: Database) -> None:
    """Every stage under the lock; a lost connection begins again with the stage that was at work."""
    to_do = list(context.settings.stages)
    for attempt in range(1, CONNECTION_ATTEMPTS + 1):
        try:
            to_write = Stage.CHECK not in to_do and not READING.issuperset(to_do)  # the check looks by itself
            with (
                translated(context.stop),
                database.connect() as work,
                hold_lock(database, work, to_write=to_write) as lock,
            ):
                migration = Migration(context, database, lock, report, work)
                _run_stages(Run(context, report, database, lock, migration), to_do)
        except TemporaryError as exc:
            if not to_do:  # every stage has ended; what broke is the lock's connection, which nobody needs any more
                return
            context.stop.check()  # a statement that was cancelled because the run is to end
            if not isinstance(exc, ConnectionLostError) or attempt == CONNECTION_ATTEMPTS:
                raise
            log.warning("database.connection_lost", attempt=attempt, reason=exc.message)
            report.restart()
            context.stop.event.wait(attempt)
        else:
            return


def _run_stages(run: Run, to_do: list[Stage]) -> None:
    while to_do:
        _run_stage(run, to_do[0])
        del to_do[0]


def _run_stage(run: Run, stage: Stage) -> None:
    context = run.context
    context.stop.check()
    with structlog.contextvars.bound_contextvars(stage=stage.value):
        started = time.monotonic()
        outcome: str = "failed"
        counts: dict[str, int | str] = {}
        try:
            context.progress.begin(stage.value, None)  # a heartbeat, whatever the stage is at
            with context.stop.stage_deadline(context.settings.stage_timeout_seconds):
                outcome, counts = STAGES[stage](run)
        finally:
            context.progress.end()
            seconds = round(time.monotonic() - started, 3)
            run.report.stage(stage.value, outcome, seconds, counts)
            log.info("stage.ended", outcome=outcome, seconds=seconds, **counts)


def _failed(error: JobError) -> int:
    for detail in error.details:
        log.error("run.problem", problem=detail)
    log.error(
        "run.failed", error=type(error).__name__, message=error.message, hint=error.hint, exit_code=int(error.exit_code)
    )
    return int(error.exit_code)
