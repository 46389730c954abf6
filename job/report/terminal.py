"""How a run ends on a terminal: headline, who signs in how, what to do next, where the report lies."""

import sys
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from job.core.errors import JobError
from job.report.model import ReportModel
from job.report.wording import count, describe_way

STOPPED = {75, 130, 143}  # safe to run again as it is
DETAILS_SHOWN = 12


def show_end(model: ReportModel, page: Path | None) -> None:
    """The run's end for people; `page` is where they find the report, None where none was written."""
    with suppress(OSError):  # nobody reads it any more
        _show_end(_make_console(), model, page)


def show_failure(error: JobError) -> None:
    """The end of a run that could not begin: there is no report."""
    with suppress(OSError):
        console = _make_console()
        _show_error(console, error.message, list(error.details))
        if error.hint:
            console.print(f"[bold]Next:[/] {escape(error.hint)}.")
        console.print(f"Exit code {int(error.exit_code)}.")


def _make_console() -> Console:
    return Console(file=sys.stdout, highlight=False)


def _show_end(console: Console, model: ReportModel, page: Path | None) -> None:
    tone = "green" if not model.exit_code else "yellow" if model.exit_code in STOPPED else "red"
    console.print()
    console.print(model.headline, style=f"bold {tone}")
    console.print(model.meaning)
    if model.error is not None:
        console.print()
        _show_error(console, model.error.message, model.error.details)
    if model.sign_in:
        console.print()
        console.print(_sign_in(model))
    _show_numbers(console, model)
    console.print()
    console.print("What to do next" if len(model.next_steps) > 1 else "Next", style="bold")
    console.print(_steps(model.next_steps))
    console.print()
    if page is not None:
        console.print(f"Report: {page}", soft_wrap=True)
    if model.rehearses:
        console.print(f"This was a dry run: nothing was written. Exit code {model.exit_code}.")
    else:
        console.print(f"Exit code {model.exit_code}.")


def _show_error(console: Console, message: str, details: list[str]) -> None:
    """What failed, and each part of it."""
    console.print(f"[red]✗[/] {escape(message)}")
    for detail in details[:DETAILS_SHOWN]:
        console.print(Padding(f"- {escape(detail)}", (0, 0, 0, 2)))
    if len(details) > DETAILS_SHOWN:
        console.print(f"  - and {len(details) - DETAILS_SHOWN:,} more in report.json")


def _sign_in(model: ReportModel) -> Table:
    title = "How users would sign in" if model.dry_run or model.exit_code else "How users sign in"
    table = Table(title=title, title_justify="left", title_style="bold", show_header=False)
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


def _steps(steps: list[str]) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for number, step in enumerate(steps, 1):
        grid.add_row(f"{number}." if len(steps) > 1 else "→", _marked(step))
    return grid


def _marked(step: str) -> str:
    """What stands between backticks in colour."""
    parts = step.split("`")
    return "".join(f"[cyan]{escape(part)}[/]" if index % 2 else escape(part) for index, part in enumerate(parts))
