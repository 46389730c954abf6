"""report.html: one file without network, for screen and paper."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from job.core.console import describe_counts, name_count
from job.core.errors import ExitCode
from job.report.actions import Action
from job.report.finding_texts import explain
from job.report.model import FindingResult, NamedCheck, ReportModel
from job.report.wording import ACTIONS, CLASHES, WAYS, count, describe_action, describe_way, sentence

ROW_ACTIONS = ("insert", "update", "unchanged", "changed_since", "conflict", "skipped")
TABLES = ("users", "accounts", "two_factor")
DETAILS_SHOWN = 12
PAIRS_OPEN = 10
SECONDS_PER_MINUTE = 60
LEAST_PERCENT = 0.05  # what would be rounded to 0.0
LONG_WORD, LONGEST_NAME = 20, 34  # characters: longer words, and longer names in them, are given places to break
RESULTS = ("failed", "warning", "passed", "skipped")
STOPPED = {ExitCode.TEMPORARY, ExitCode.INTERRUPTED, ExitCode.TERMINATED}  # safe to run again as it is


class Way(NamedTuple):
    """One part of the bar."""

    key: str
    label: str
    users: int
    percent: float

    @property
    def share(self) -> str:
        """The percentage as text; somebody is never told as nobody."""
        return "< 0.1 %" if self.users and self.percent < LEAST_PERCENT else f"{self.percent:.1f} %"


class Group(NamedTuple):
    """The people with one action, in the colour that the bar gives their way of signing in."""

    colour: str
    number: int
    label: str


def render_html(report: ReportModel) -> str:
    """The report as one page."""
    tables = [name for name in TABLES if name in report.counts]
    return _template().render(
        report=report,
        tone=_tone(report),
        kind=_kind(report),
        writes_to_come=report.rehearses or report.exit_code == ExitCode.CONFLICTS,
        stopped_by_conflicts=report.exit_code == ExitCode.CONFLICTS and bool(report.conflicts),
        ways=_ways(report),
        people=_people(report.attention.by_action),
        causes=_causes(report.findings),
        named_checks=[
            ("Before the first write", _worst_first(report.preflight)),
            ("The running LobeChat", _worst_first(report.smoke)),
        ],
        tables=tables,
        actions=[one for one in ROW_ACTIONS if any(report.counts[name].get(one) for name in tables)],
        details_shown=DETAILS_SHOWN,
        pairs_open=PAIRS_OPEN,
        most_links=max((one.links for one in report.providers), default=0),
        other_counts={name: counts for name, counts in report.counts.items() if name not in TABLES},
    )


def _tone(report: ReportModel) -> str:
    if report.exit_code == ExitCode.DONE:
        return "calm" if report.rehearses else "good"
    return "pause" if report.exit_code in STOPPED else "bad"


def _kind(report: ReportModel) -> str:
    if report.stages_asked in (["verify"], ["smoke"]):
        return report.stages_asked[0]
    return "dry run" if report.rehearses else "real run"


def _worst_first(checks: list[NamedCheck]) -> list[NamedCheck]:
    return sorted(checks, key=lambda one: RESULTS.index(one.result))


def _ways(report: ReportModel) -> list[Way]:
    total = report.users or 1
    users = {way: report.sign_in.get(way, 0) for way in WAYS}
    return [
        Way(way, describe_way(way, number), number, round(100 * number / total, 3)) for way, number in users.items()
    ]


def _people(by_action: Mapping[Action, int]) -> list[Group]:
    return [
        Group(ACTIONS[action].colour, number, describe_action(action, number)) for action, number in by_action.items()
    ]


def _causes(findings: list[FindingResult]) -> list[tuple[str, list[FindingResult]]]:
    """The findings under the advice that they share, so that each advice stands once; the most urgent first."""
    by_advice: dict[str, list[FindingResult]] = {}
    for finding in sorted(findings, key=lambda one: _urgency(one.code)):
        by_advice.setdefault(finding.what_to_do, []).append(finding)
    return list(by_advice.items())


def _urgency(code: str) -> int:
    action = explain(code).action
    return len(Action) if action is None else action.urgency


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": _number,
        "count": count,
        "counts": describe_counts,
        "name_count": name_count,
        "sentence": sentence,
        "clash": lambda code: CLASHES[code],
        "duration": _duration,
        "breakable": _breakable,
        "marked": _marked,
        "words": lambda text: text.replace("_", " "),
    }
    return environment.get_template("template.html")


def _marked(text: str, link: str = "") -> Markup:
    """What stands between backticks as code; `link` is a file beside the page."""
    anchor = Markup('<a href="{0}">{0}</a>').format(link)
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(_breakable(part))
        if index % 2
        else (anchor if link else Markup("")).join(map(_breakable, part.split(link) if link else [part]))
        for index, part in enumerate(parts)
    )


def _breakable(text: str) -> Markup:
    """The text with places to break in what a phone's line cannot hold: paths, lists, and the longest names."""
    if max(map(len, text.split()), default=0) <= min(LONG_WORD, LONGEST_NAME):
        return escape(text)
    return Markup("").join(_with_breaks(word) for word in re.split(r"(\s+)", text))


def _with_breaks(word: str) -> Markup:
    parts = re.split(r"(?<=\w[/,=])(?=.)", word) if len(word) > LONG_WORD else [word]
    names = (re.split(r"(?<=_)", part) if len(part) > LONGEST_NAME else [part] for part in parts)
    return Markup("<wbr>").join(piece for pieces in names for piece in pieces)


def _number(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def _duration(seconds: float) -> str:
    if seconds < SECONDS_PER_MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), SECONDS_PER_MINUTE)
    return f"{minutes} min {rest} s"
