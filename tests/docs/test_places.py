"""Every file, folder and module that a page names is there."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("docs/*.md"), ROOT / "README.md"])
PLACE = re.compile(r"`((?:job|schema|sandbox|tests|bench|k8s|examples|docs)/[\w./-]*\w)/?`")
MODULE = re.compile(r"`(job(?:\.\w+){2,})`")  # with one dot it is a log event


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = [place for place in PLACE.findall(text) if "NNNN" not in place and not (ROOT / place).exists()]
    for name in MODULE.findall(text):
        try:
            found = find_spec(name)
        except ModuleNotFoundError:
            found = None
        missing += [name] if found is None else []
    assert not missing
