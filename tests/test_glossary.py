"""The words of docs/glossary.md: those that are not used stand nowhere that operators read."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GLOSSARY = ROOT / "docs/glossary.md"
TEXTS = (
    "*.md",
    "docs/*.md",
    "k8s/**/*.yaml",
    "examples/**/*.yml",
    "job/**/*.html",
    "*.yml",
    ".env.example",
    "Makefile",
)
IDENTIFIER = re.compile(r"\w+")


def unwanted_words() -> list[str]:
    table = GLOSSARY.read_text().partition("## Words that are not used")[2]
    rows = [
        line.split("|")[1] for line in table.splitlines() if line.startswith("| ") and not line.startswith("| not |")
    ]
    return [word.strip() for row in rows for word in row.split(",")]


@cache
def read_texts() -> list[tuple[str, str]]:
    """(place, text) of all that operators read but the glossary itself, and the CHANGELOG, which names old words."""
    return list(_read_texts())


def _read_texts() -> Iterator[tuple[str, str]]:
    for pattern in TEXTS:
        for path in ROOT.glob(pattern):
            if path.name not in {"glossary.md", "CHANGELOG.md"}:
                yield str(path.relative_to(ROOT)), path.read_text()
    for folder in ("job", "schema"):
        for path in (ROOT / folder).rglob("*.py"):
            for line, text in _strings(ast.parse(path.read_text())):
                yield f"{path.relative_to(ROOT)}:{line}", text


def _strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The strings of a module that are sentences: neither docstrings nor names."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings and not IDENTIFIER.fullmatch(text):
                yield node.lineno, text


@pytest.mark.parametrize("word", unwanted_words())
def test_a_word_that_is_not_used_stands_nowhere_that_operators_read(word: str) -> None:
    pattern = re.compile(rf"\b{re.escape(word).replace(chr(92) + ' ', chr(92) + 's+')}\b", re.IGNORECASE)
    assert [place for place, text in read_texts() if pattern.search(text)] == []


def test_the_search_finds_texts_in_documents_and_in_code() -> None:
    places = [place for place, _ in read_texts()]
    assert {"README.md", "docs/settings.md"} <= set(places)
    assert any(place.startswith("job/report/outcomes.py:") for place in places)
    assert any(place.startswith("schema/") for place in places)
