"""report.html: one file without network, for screen and paper."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from job.mapping.rows import SignIn
from job.report.finding_texts import explain
from job.report.model import ReportModel

WAYS = {
    SignIn.PASSWORD: "with their password",
    SignIn.SSO: "through a provider",
    SignIn.PASSWORD_OR_SSO: "with password or provider",
    SignIn.SET_PASSWORD: "after setting a password by email",
    SignIn.NO_WAY_IN: "have no way in",
    SignIn.SHUT_OUT: "are shut out on purpose",
}
ACTIONS = ("insert", "update", "unchanged", "changed_since", "conflict", "skipped")
TABLES = ("users", "accounts", "two_factor")
REASONS_SHOWN = 6
SECONDS_PER_MINUTE = 60
STOPPED = {75, 130, 143}  # safe to run again as it is


class Way(NamedTuple):
    """One part of the bar."""

    key: str
    label: str
    users: int
    percent: float


def render_html(report: ReportModel) -> str:
    """The report as one page."""
    return _template().render(
        report=report,
        tone=_tone(report),
        ways=_ways(report),
        reasons=_reasons(report),
        reasons_shown=REASONS_SHOWN,
        tables=[name for name in TABLES if name in report.counts],
        actions=ACTIONS,
        most_links=max((one.links for one in report.providers), default=0),
        other_counts={name: counts for name, counts in report.counts.items() if name not in TABLES},
    )


def _tone(report: ReportModel) -> str:
    if report.exit_code == 0:
        return "calm" if report.dry_run and not report.smoke else "good"
    return "pause" if report.exit_code in STOPPED else "bad"


def _ways(report: ReportModel) -> list[Way]:
    total = report.users or 1
    return [
        Way(way.value, label, report.sign_in.get(way, 0), _percent(way, report, total)) for way, label in WAYS.items()
    ]


def _percent(way: SignIn, report: ReportModel, total: int) -> float:
    return round(100 * report.sign_in.get(way, 0) / total, 3)


def _reasons(report: ReportModel) -> list[tuple[int, str, str]]:
    """(users, meaning, colour) of each reason in attention.csv: first who cannot sign in, then the gravest."""
    by_reason = report.attention.by_reason
    order = sorted(by_reason, key=lambda code: (_rank(code), -by_reason[code], code))
    return [(by_reason[code], explain(code).meaning, _colour(code)) for code in order]


def _colour(code: str) -> str:
    return "blocking" if code == SignIn.NO_WAY_IN else explain(code).severity


def _rank(code: str) -> int:
    severity = explain(code).severity
    ranks = ("blocking", SignIn.NO_WAY_IN.value, SignIn.SET_PASSWORD.value, "warning", "info")
    return ranks.index(code if code in ranks else severity)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "duration": _duration, "words": lambda text: text.replace("_", " ")}
    return environment.get_template("template.html")


def _number(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def _duration(seconds: float) -> str:
    if seconds < SECONDS_PER_MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), SECONDS_PER_MINUTE)
    return f"{minutes} min {rest} s"
