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
TOLD_AT_THE_END = {"run.problem", "run.failed", "run.ended", "lock.held_by_another", "verify.failed"}
CHECKS = {"preflight.check", "smoke.check"}
SENTENCES = {  # of the warnings that carry numbers alone
    "stop.signal": "stopping; the current batch is finished first",
    "export.cursor_refused": "the user at which a page began was deleted at Clerk; the export goes on by time",
    "export.difference": "users were added or deleted at Clerk during the export",
    "csv.columns_missing": "the CSV lacks optional columns",
    "schema.recorded_without_running": "revisions were recorded without being run",
    "migrate.csv_incomplete": "many of Clerk's users have no row in the CSV, which may be cut off",
    "migrate.backup_codes_unwritten": "new backup codes were not written to a file",
    "migrate.overtaken": "LobeChat changed users between plan and batch; they are planned again",
    "library.message": "a library gave a warning",
}
DETAILS_SHOWN = 6
DONE = {"insert": "inserted", "update": "updated", "conflict": "in conflict"}
TO_DO = {"insert": "to insert", "update": "to update", "conflict": "in conflict"}
PLANNED = "planned"
# Only marks have a colour, of those that can be read on black and on white; words have the terminal's own.
COLOURS = {"green": "32", "red": "31", "bold": "1"}
COLOURLESS_TERMINALS = {"", "dumb", "unknown"}
FAILED = "failed"


def render_for_people(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """The event as a line or more.  Raises DropEvent for what people need not see."""
    name, level = event["event"], event["level"]
    if name == "run.started":
        return _started(event)
    if name == "stage.ended":
        return _stage(event)
    if level in {"warning", "error", "critical"} and not _is_told_elsewhere(name, event):
        return _problem(event)
    raise structlog.DropEvent


def _is_told_elsewhere(name: str, event: EventDict) -> bool:
    """Whether the run's end says it, or an earlier line did: of many attempts only the first is a line."""
    if name.endswith(".unreachable"):
        return bool(event["attempt"] > 1)
    return name in TOLD_AT_THE_END or (name in CHECKS and event["result"] == FAILED)


def _started(event: EventDict) -> str:
    what = "dry run: nothing is written" if event["dry_run"] else "real run"
    if event["stages"] in (["smoke"], ["verify"]):
        what = f"{event['stages'][0]}: nothing is written"
    title = style("Clerk to Better Auth", "bold")
    return f"{title} · {what} · {event['mode']} · {event['database']}"


def _stage(event: EventDict) -> str:
    mark, colour = ("✗", "red") if event["outcome"] == FAILED else ("✓", "green")
    counts = {key: value for key, value in event.items() if key not in {*UNSAID, "outcome", "seconds"}}
    told = describe_counts(counts, event["outcome"])
    text = f"{event['stage']:<9}{event['outcome']}{': ' if told else ''}{told}  {event['seconds']:.1f} s"
    return _item(mark, text, colour, 11)


def describe_counts(counts: dict[str, Any], outcome: str = "") -> str:
    """`985 users, 6 requests, revision 0075`; what is zero or empty is left out."""
    told = [(name_count(name, planned=outcome == PLANNED), value) for name, value in counts.items()]
    return ", ".join(_count(words, value) for words, value in told if value not in (0, ""))


def name_count(name: str, *, planned: bool) -> str:
    """What stands beside a number: `to insert`, or `inserted` once it is done."""
    return (TO_DO if planned else DONE).get(name, name).replace("_", " ").replace("csv", "CSV")


def _count(words: str, value: Any) -> str:
    if not isinstance(value, int):
        return f"{words} {value}"
    is_plural = words.endswith("s") and not words.endswith("ss")
    return f"{value:,} {words[:-1] if value == 1 and is_plural else words}"


def _problem(event: EventDict) -> str:
    mark, colour = ("!", "bold") if event["level"] == "warning" else ("✗", "red")
    name = event["event"]
    field = next((key for key in TEXTS if event.get(key) and isinstance(event[key], str)), None)
    sentence = event[field] if field else SENTENCES.get(name, "")
    if name.endswith(".unreachable"):
        sentence += "; trying again"
    rest = {key: value for key, value in event.items() if key not in {*UNSAID, field, "attempt"}}
    fields = ", ".join(f"{key.replace('_', ' ')} {_value(value)}" for key, value in rest.items() if value is not None)
    told = "; ".join(part for part in (sentence, fields) if part)
    lines = [_item(mark, f"{event.get('check') or name}: {told}", colour)]
    details = event.get("details") or []
    lines += [_item("  -", str(detail)) for detail in details[:DETAILS_SHOWN]]
    if len(details) > DETAILS_SHOWN:
        lines.append(f"  - and {len(details) - DETAILS_SHOWN:,} more in the report")
    if event.get("hint"):
        lines.append(_item("  →", str(event["hint"]), "bold"))
    return "\n".join(lines)


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _item(mark: str, text: str, colour: str = "", indent: int | None = None) -> str:
    """The text behind a mark, in the terminal's width; `indent` is that of its further lines."""
    further = " " * (len(mark) + 1 if indent is None else indent)
    width = max(shutil.get_terminal_size().columns, 40)
    wrapped = textwrap.fill(text, width, initial_indent=f"{mark} ", subsequent_indent=further, break_on_hyphens=False)
    return f"{style(mark, colour)}{wrapped[len(mark) :]}" if colour else wrapped


def style(text: str, colour: str) -> str:
    """The text in a colour, where stdout is a terminal that wants any."""
    return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m" if wants_colours() else text


def wants_colours() -> bool:
    """Whether stdout is a terminal that knows colours, of somebody who wants them (NO_COLOR)."""
    known = os.environ.get("TERM", "").lower() not in COLOURLESS_TERMINALS
    return sys.stdout.isatty() and known and not os.environ.get("NO_COLOR")
