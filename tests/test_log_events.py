"""docs/logging.md lists every event that is worth an alert: the code's warnings and errors, each at its level."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from job.core.console import SENTENCES, TEXTS, TOLD_AT_THE_END

ROOT = Path(__file__).parents[1]
LEVELS = {"info", "warning", "error"}
WORTH_AN_ALERT = {"warning", "error"}


def logged() -> dict[str, set[str]]:
    """Each event of the code with the levels that it is logged at; one whose level is a variable has them all."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in ("job", "schema"):
        for path in (ROOT / folder).rglob("*.py"):
            for event, level in events(ast.parse(path.read_text())):
                found[event] |= LEVELS if level is None else {level}
    return found


def events(tree: ast.AST) -> Iterator[tuple[str, str | None]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="log"), attr=level), args=[ast.Constant(value=str(event)), *_]
            ):
                yield event, level
            case ast.Call(
                func=ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id="log"), *_]),
                args=[ast.Constant(value=str(event)), *_],
            ):
                yield event, None


def listed() -> list[tuple[str, set[str]]]:
    """Each event of the page's table with its levels."""
    table = (ROOT / "docs/logging.md").read_text().partition("| event | level | says |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`.*?`) \| ([\w, ]+) \|", table, re.MULTILINE)
    return [(event, set(levels.split(", "))) for names, levels in rows for event in re.findall(r"`(.+?)`", names)]


def test_every_warning_and_error_of_the_code_is_listed_at_its_level() -> None:
    page = dict(listed())
    worth_an_alert = {name: levels & WORTH_AN_ALERT for name, levels in logged().items()}
    missing = {name: levels for name, levels in worth_an_alert.items() if levels - page.get(name, set())}
    assert missing == {}


def test_the_page_lists_no_event_that_the_code_does_not_have() -> None:
    code = logged()
    assert {name: levels for name, levels in listed() if not levels <= code.get(name, set())} == {}


def test_the_page_lists_each_event_once() -> None:
    names = [name for name, _ in listed()]
    assert sorted(names) == sorted(set(names))


def test_every_warning_is_a_sentence_for_people_too() -> None:
    """By a field that is one, or by the console's own words."""
    fields = {name: set[str]() for name in logged()}
    for folder in ("job", "schema"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(args=[ast.Constant(value=str(event)), *_], keywords=keywords) if event in fields:
                        fields[event] |= {str(one.arg) for one in keywords}
    told = {name for name, levels in logged().items() if levels & WORTH_AN_ALERT} - TOLD_AT_THE_END
    assert {name for name in told if not fields[name] & set(TEXTS)} <= set(SENTENCES) <= told
