"""report.html as Chromium lays it out: nothing is cut on a screen, on a phone or on paper."""

import json
from pathlib import Path

import pytest

from tests.report.states import STATES
from tests.support.chromium import dump, find_result, for_print, framed

pytestmark = pytest.mark.browser
# A4 with the margins of the page is 182 mm, at 96 pixels an inch.
WIDTHS = {"desk": 1280, "phone": 390, "paper": 688}

# In each frame: elements wider than the frame, and text that is wider than the element that holds it.
MEASURE = """
<pre id="result"></pre>
<script>
addEventListener('load', () => {
  const found = [];
  for (const frame of document.querySelectorAll('iframe')) {
    const page = frame.contentDocument, width = frame.clientWidth;
    for (const one of page.querySelectorAll('body *')) {
      const box = one.getBoundingClientRect(), style = page.defaultView.getComputedStyle(one);
      const cut = style.display !== 'inline' && one.scrollWidth > one.clientWidth + 1;
      if (cut || box.right > width + 1 || box.left < -1)
        found.push([frame.id, one.tagName + '.' + one.className, one.textContent.trim().slice(0, 60), box.right]);
    }
    if (!page.querySelector('h1').textContent) found.push([frame.id, 'empty']);
  }
  document.getElementById('result').textContent = JSON.stringify(found);
});
</script>"""


# Ids of users that take more than one line.
BROKEN_IDS = """
<pre id="result"></pre>
<script>
addEventListener('load', () => {
  const page = document.querySelector('iframe').contentDocument;
  const ids = [...page.querySelectorAll('td > code')].filter(one => /^user_\\w{27}$/.test(one.textContent));
  const broken = ids.filter(one => one.getClientRects().length > 1 || one.getBoundingClientRect().height > 24);
  document.getElementById('result').textContent = JSON.stringify([ids.length, broken.length]);
});
</script>"""


def measure(pages: dict[str, str], width: int, folder: Path) -> list[list[str]]:
    found: list[list[str]] = json.loads(find_result(dump(framed(pages, width) + MEASURE, folder)))
    return found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    reports = {name: make(tmp_path_factory.mktemp(name)) for name, make in STATES.items()}
    return {name: (report.folder / "report.html").read_text() for name, report in reports.items()}


@pytest.mark.parametrize("medium", WIDTHS)
def test_no_text_overflows_in_any_state(pages: dict[str, str], medium: str, tmp_path: Path) -> None:
    shown = {name: for_print(page) for name, page in pages.items()} if medium == "paper" else pages
    assert measure(shown, WIDTHS[medium], tmp_path) == []


def test_the_measure_finds_what_overflows(pages: dict[str, str], tmp_path: Path) -> None:
    page = pages["done"].replace("<h1>", "<h1 style='width:2000px'>").replace("overflow-wrap: anywhere", "")
    assert {found[1] for found in measure({"done": page}, 390, tmp_path)} >= {"H1."}


@pytest.mark.parametrize("medium", WIDTHS)
def test_no_pair_of_a_conflict_is_broken_in_an_id(pages: dict[str, str], medium: str, tmp_path: Path) -> None:
    page = for_print(pages["conflicts"]) if medium == "paper" else pages["conflicts"]
    ids, broken = json.loads(find_result(dump(framed({"conflicts": page}, WIDTHS[medium]) + BROKEN_IDS, tmp_path)))
    assert (ids, broken) == (100, 0)
