"""The log for people at a terminal: a line for each stage with what it found, warnings and errors with their hint.

What else a run logs is for machines and left out.  The run's end is told by job.report.terminal.
"""

import os
import shutil
import sys
import textwrap
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

TEXTS = ("found", "message", "problem", "meaning", "reason", "note", "difference")  # the field that is the sentence
UNSAID = {"event", "level", "timestamp", "run_id", "stage", "check", "result", "hint", "details", "exit_code", "error"}
TOLD_AT_THE_END = {"run.problem", "run.failed", "run.ended"}
DETAILS_SHOWN = 6
DONE = {"insert": "inserted", "update": "updated"}
TO_DO = {"insert": "to insert", "update": "to update"}
PLANNED = "planned"
COLOURS = {"green": "32", "yellow": "33", "red": "31", "dim": "2", "bold": "1"}
FAILED = "failed"


def render_for_people(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """The event as a line or more.  Raises DropEvent for what people need not see."""
    name, level = event["event"], event["level"]
    if name == "run.started":
        return _started(event)
    if name == "stage.ended":
        return _stage(event)
    if level in {"warning", "error", "critical"} and name not in TOLD_AT_THE_END:
        return _problem(event)
    raise structlog.DropEvent


def _started(event: EventDict) -> str:
    what = "dry run: nothing is written" if event["dry_run"] else "real run"
    if event["stages"] == ["smoke"]:
        what = "smoke: nothing is written"
    title = style("Clerk to Better Auth", "bold")
    return f"{title} · {what} · {event['mode']} · {event['database']}"


def _stage(event: EventDict) -> str:
    failed = event["outcome"] == FAILED
    mark = style("✗", "red") if failed else style("✓", "green")
    counts = {key: value for key, value in event.items() if key not in {*UNSAID, "outcome", "seconds"}}
    told = describe_counts(counts, event["outcome"])
    text = f"{event['stage']:<9}{event['outcome']}{': ' if told else ''}{told}"
    seconds = style(f"{event['seconds']:.1f} s", "dim")
    return f"{_wrapped(text, mark, 11)}  {seconds}"


def describe_counts(counts: dict[str, Any], outcome: str = "") -> str:
    """`985 users, 6 requests, revision 0075`; what is zero or empty is left out."""
    verbs = TO_DO if outcome == PLANNED else DONE
    return ", ".join(_count(verbs.get(name, name), value) for name, value in counts.items() if value not in (0, ""))


def _count(name: str, value: Any) -> str:
    words = name.replace("_", " ")
    return f"{value:,} {words}" if isinstance(value, int) else f"{words} {value}"


def _problem(event: EventDict) -> str:
    mark = style("!", "yellow") if event["level"] == "warning" else style("✗", "red")
    sentence = next((key for key in TEXTS if event.get(key)), None)
    subject = event.get("check") or event["event"]
    rest = {key: value for key, value in event.items() if key not in UNSAID and key != sentence}
    fields = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in rest.items() if value is not None)
    told = "; ".join(str(part) for part in (event.get(sentence or ""), fields) if part)
    lines = [_wrapped(f"{subject}: {told}", mark, 2)]
    details = event.get("details") or []
    lines += [_wrapped(str(detail), "  -", 4) for detail in details[:DETAILS_SHOWN]]
    if len(details) > DETAILS_SHOWN:
        lines.append(f"  - and {len(details) - DETAILS_SHOWN:,} more in the report")
    if event.get("hint"):
        lines.append(_wrapped(str(event["hint"]), style("  →", "bold"), 4))
    return "\n".join(lines)


def _wrapped(text: str, mark: str, indent: int) -> str:
    """The text behind a mark, in the terminal's width."""
    width = max(shutil.get_terminal_size().columns, 40)
    lines = textwrap.wrap(text, width - 2, initial_indent=" ", subsequent_indent=" " * indent) or [" "]
    return mark + "\n".join(lines)


def style(text: str, colour: str) -> str:
    """The text in a colour, where stdout is a terminal that wants any."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m"
