"""The pages point at what is there: other pages, their headings, and variables."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from job.settings.environment import KNOWN

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
VARIABLE = re.compile(r"(?<![A-Za-z_…])(?:TEST_|PROD_)?CLERK_TO_BETTERAUTH_[A-Z][A-Z_0-9]*[A-Z0-9](?![A-Za-z_…])")


def anchors(page: Path) -> set[str]:
    """The headings of a page as the anchors that GitHub gives them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> Iterator[str]:
    yield from re.findall(r"\]\((#[^)\s]+|[\w./-]+\.(?:md|sql)(?:#[^)\s]+)?)\)", page.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        name, _, anchor = target.partition("#")
        place = page.parent / name if name else page
        assert place.exists(), target
        assert not anchor or anchor in anchors(place), target


def test_the_readme_lists_every_page() -> None:
    listed = {target.removeprefix("docs/").partition("#")[0] for target in links(ROOT / "README.md")}
    assert {page.name for page in PAGES if page.name != "README.md"} <= listed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_variable_that_a_page_names_exists_under_its_full_name(page: Path) -> None:
    text = page.read_text()
    assert {name for name in VARIABLE.findall(text) if name not in KNOWN} == set()
    assert "C2B_" not in text


def test_the_report_names_pages_that_exist() -> None:
    texts = [path.read_text() for path in (ROOT / "job").rglob("*.py")]
    named = {name for text in texts for name in re.findall(r"docs/([a-z-]+\.(?:md|sql))", text)}
    assert {"letters.md", "faq.md"} <= named
    assert [name for name in named if not (ROOT / "docs" / name).exists()] == []
