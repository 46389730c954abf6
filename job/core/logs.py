"""The log: one line for each event on stdout, in the shape that the reader's collector takes.

Secrets and personal data are kept out where events are logged; the redaction here is the last line of defence.
"""

import logging
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import stamina
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from job.core.console import render_for_people, wants_colours

MASK = "***"
SHORTEST_SECRET = 6  # a shorter text would mask words that are no secret
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
GCP_SEVERITY = {"debug": "DEBUG", "info": "INFO", "warning": "WARNING", "error": "ERROR", "critical": "CRITICAL"}
ECS_VERSION = "8.11.0"
FRAMES = 12

log = structlog.get_logger()


def configure_logs(level: str, log_format: str, secrets: Iterable[str]) -> None:
    """Set up structlog and the standard library's logging; may be called again.  Unknown words mean info and json."""
    redact = _make_redaction(secrets)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    structlog.configure(
        processors=[*shared, *_renderers(log_format, level)],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS.get(level, logging.INFO)),
        logger_factory=_StandardOutput,
        cache_logger_on_first_use=False,
    )
    _quieten_libraries()


def log_bug(error: BaseException) -> None:
    """Log an error that nobody foresaw: its type and where it came from, without its text, which may hold values."""
    kinds: list[str] = []
    frames: list[str] = []
    link: BaseException | None = error
    while link is not None and len(kinds) < FRAMES:
        kinds.append(type(link).__name__)
        frames += [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in _frames(link)]
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    log.error(
        "run.bug",
        error=" from ".join(kinds),
        frames=frames[-FRAMES:],
        note="this is a bug in the job; please report it with this line",
        exit_code=1,
    )


def _frames(error: BaseException) -> traceback.StackSummary:
    return traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-3:])


class _StandardOutput:
    """Writes to whatever stdout is at that moment: a progress bar takes its place for a while."""

    def __init__(self, *_: object) -> None: ...

    def msg(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    debug = info = warning = error = critical = exception = msg


def _make_redaction(secrets: Iterable[str]) -> Processor:
    known = sorted({one for one in secrets if len(one) >= SHORTEST_SECRET}, key=len, reverse=True)

    def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: _masked(value, known) for key, value in event.items()} if known else event

    return redact


def _masked(value: Any, known: list[str]) -> Any:
    match value:
        case str():
            for secret in known:
                value = value.replace(secret, MASK)
            return value
        case dict():
            return {_masked(key, known): _masked(one, known) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(one, known) for one in value]
        case bool() | int() | float() | None:
            return value
        case _:
            return _masked(str(value), known)


def choose_format(log_format: str | None) -> str:
    """The format asked for; where none was, the one for people on a terminal, and JSON elsewhere."""
    return log_format or ("console" if sys.stdout.isatty() else "json")


def _renderers(log_format: str, level: str) -> list[Processor]:
    json = structlog.processors.JSONRenderer(default=str, ensure_ascii=False)
    by_format: dict[str, Callable[[], list[Processor]]] = {
        "gcp": lambda: [_as_gcp, json],
        "ecs": lambda: [_as_ecs, json],
        "console": lambda: [_every_event() if level == "debug" else render_for_people],
    }
    return by_format.get(log_format, lambda: [_in_order, json])()


def _every_event() -> Processor:
    return structlog.dev.ConsoleRenderer(colors=wants_colours(), pad_event_to=24)


def _in_order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Time, level and event first: a line is read from its start."""
    return {"timestamp": event.pop("timestamp"), "level": event.pop("level"), "event": event.pop("event"), **event}


def _as_gcp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """As Google Cloud Logging's structured logging takes it."""
    severity, name = GCP_SEVERITY[event.pop("level")], event.pop("event")
    head = {"time": event.pop("timestamp"), "severity": severity, "message": event.pop("message", name), "event": name}
    return {**head, **event}


def _as_ecs(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """As the Elastic Common Schema names it; the job's own fields go under `clerk_to_betterauth`."""
    name = event.pop("event")
    return {
        "@timestamp": event.pop("timestamp"),
        "log.level": event.pop("level"),
        "message": name,
        "ecs.version": ECS_VERSION,
        "event.action": name,
        "event.dataset": "clerk-to-betterauth",
        "service.name": "clerk-to-betterauth",
        "clerk_to_betterauth": event,
    }


class _ToStructlog(logging.Handler):
    """The standard library's records as events; their texts may hold URLs and parameters, so only the place is kept."""

    def emit(self, record: logging.LogRecord) -> None:
        level = "error" if record.levelno >= logging.ERROR else "warning"
        getattr(log, level)("library.message", library=record.name, place=f"{_short(record.pathname)}:{record.lineno}")


def _quieten_libraries() -> None:
    """Warnings and errors only, whatever the job's own level: httpx logs URLs, SQLAlchemy rows."""
    root = logging.getLogger()
    root.handlers = [_ToStructlog()]
    root.setLevel(logging.WARNING)
    for name in ("httpx", "httpcore", "sqlalchemy", "alembic", "stamina"):
        library = logging.getLogger(name)
        library.handlers, library.propagate = [], True
        library.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    stamina.instrumentation.set_on_retry_hooks([])  # they log what was called with; each retry logs itself
