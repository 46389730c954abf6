"""How a run ends on a terminal: headline, who signs in how, what to do next, where the report lies."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from job.core.console import wants_colours
from job.core.errors import JobError
from job.report.model import ReportModel
from job.report.wording import count, describe_way, sentence

DETAILS_SHOWN = 12
LEAST_WIDTH = 20


def show_end(model: ReportModel, page: Path | None) -> None:
    """The run's end for people; `page` is where they find the report, None where none was written."""
    with suppress(OSError):  # nobody reads it any more
        _show_end(_make_console(), model, page)


def show_failure(error: JobError) -> None:
    """The end of a run that could not begin: there is no report."""
    with suppress(OSError):
        console = _make_console()
        _show_problem(console, error.message, error.details)
        if error.hint:
            _show_steps(console, [sentence(error.hint)])
        console.print(f"Exit code {int(error.exit_code)}.")


def _make_console() -> Console:
    return Console(file=sys.stdout, highlight=False, markup=False, no_color=not wants_colours())


def _show_end(console: Console, model: ReportModel, page: Path | None) -> None:
    console.print()
    console.print(model.headline, style="bold")
    _show_item(console, Text(), Text(model.meaning))
    if model.problems:
        console.print()
    for check, message, details in model.problems:
        _show_problem(console, f"{check}: {message}" if check else message, details)
    if model.sign_in:
        console.print()
        console.print("How users would sign in" if model.foresees else "How users sign in", style="bold")
        console.print(_sign_in(model))
    _show_numbers(console, model)
    console.print()
    _show_steps(console, model.next_steps)
    console.print()
    if page is not None:
        console.print(f"Report: {page}", soft_wrap=True)
    if model.rehearses:
        console.print(f"This was a dry run: nothing was written. Exit code {model.exit_code}.")
    else:
        console.print(f"Exit code {model.exit_code}.")


def _show_problem(console: Console, message: str, details: Sequence[str]) -> None:
    """What failed, and each part of it."""
    _show_item(console, Text("✗", "red"), Text(message))
    for detail in details[:DETAILS_SHOWN]:
        _show_item(console, Text("  -"), Text(detail))
    if len(details) > DETAILS_SHOWN:
        console.print(f"  - and {len(details) - DETAILS_SHOWN:,} more in report.json")


def _sign_in(model: ReportModel) -> Table:
    table = Table(show_header=False)
    table.add_column(justify="right")
    for way, users in model.sign_in.items():
        table.add_row(f"{users:,}", describe_way(way, users))
    return table


def _show_numbers(console: Console, model: ReportModel) -> None:
    told = []
    if model.checks:
        told.append(f"{sum(one.passed for one in model.checks)} of {len(model.checks)} checks passed.")
    if model.attention.people:
        told.append(f"{count(model.attention.people, 'person needs', 'people need')} attention.")
    if told:
        console.print(" ".join(told))


def _show_steps(console: Console, steps: list[str]) -> None:
    console.print("What to do next" if len(steps) > 1 else "Next", style="bold")
    width = len(f"{len(steps)}.")
    for number, step in enumerate(steps, 1):
        mark = f"{number}.".rjust(width) if len(steps) > 1 else "→"
        _show_item(console, Text(mark), _marked(step))


def _marked(step: str) -> Text:
    """What stands between backticks in bold."""
    parts = step.split("`")
    return Text.assemble(*((part, "bold" if index % 2 else "") for index, part in enumerate(parts)))


def _show_item(console: Console, mark: Text, text: Text) -> None:
    """The text behind a mark, its further lines under its first, no blanks at their ends: it may be copied."""
    prefix = Text.assemble(mark, " ") if mark else mark
    for line in text.wrap(console, max(console.width - len(prefix), LEAST_WIDTH), overflow="fold"):
        line.rstrip()
        console.print(Text.assemble(prefix, line), soft_wrap=True)
        prefix = Text(" " * len(prefix))
