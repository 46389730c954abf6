"""The page that shows a newcomer around names files that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PATHS = sorted(set(re.findall(r"`((?:job|schema|tests|sandbox)/[\w./-]+)`", PAGE)))
MARKS = re.findall(r"`(job/[\w./-]+\.(?:py|sql))`, (?:at )?`([^`]+)`", PAGE)


@pytest.mark.parametrize("path", PATHS)
def test_a_file_or_folder_that_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize(("path", "mark"), [(path, mark) for path, mark in MARKS if "." not in mark])
def test_what_it_says_to_look_for_stands_in_the_file(path: str, mark: str) -> None:
    assert mark in (ROOT / path).read_text(encoding="utf-8")


def test_it_answers_at_least_ten_questions() -> None:
    assert len(MARKS) >= 4
    assert PAGE.partition("## Where is")[2].count("\n| ") >= 12
