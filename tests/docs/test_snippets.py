"""What the pages show to be copied does what they say, as far as no cluster and no engine is needed."""

import re
import subprocess
import textwrap
from pathlib import Path

import pytest

from job.lobechat.verify.checks import PROMISES

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# A docker that ends with the next of the codes, and a sleep that takes no time
ENGINE = """read -r code < codes
sed -i 1d codes
exit "$code"
"""


def run_loop(folder: Path, codes: list[int]) -> int:
    """The loop of docs/pipeline.md as a script, over an engine whose runs end so."""
    found = re.search(r"^    until .*?^    done$", (ROOT / "docs/pipeline.md").read_text(), re.MULTILINE | re.DOTALL)
    assert found
    (folder / "codes").write_text("".join(f"{code}\n" for code in codes))
    for name, text in (("docker", ENGINE), ("sleep", ":\n")):
        (folder / name).write_text(f"#!/bin/sh\n{text}")
        (folder / name).chmod(0o755)
    (folder / "loop").write_text(textwrap.dedent(found[0]))
    environment = {"PATH": f"{folder}:/usr/bin:/bin"}
    return subprocess.run(["/bin/sh", "loop"], cwd=folder, env=environment, check=False).returncode


@pytest.mark.parametrize(("codes", "ends_with"), [([0], 0), ([75, 143, 0], 0), ([75, 6], 6)])
def test_the_loop_of_a_pipeline_runs_again_on_what_is_temporary_and_hands_on_the_rest(
    tmp_path: Path, codes: list[int], ends_with: int
) -> None:
    assert run_loop(tmp_path, codes) == ends_with


def test_the_readme_shows_as_many_checks_as_verify_makes() -> None:
    text = (ROOT / "README.md").read_text()
    assert set(re.findall(r"verified: (\d+) checks", text)) == {str(len(PROMISES))}
    assert f"{len(PROMISES)} of {len(PROMISES)} checks passed" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nobody_is_shown_a_wait_that_a_failed_job_does_not_end(page: Path) -> None:
    shown = [line for line in page.read_text().splitlines() if line.startswith("    ")]
    assert [line for line in shown if "--for=condition=Complete" in line] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_steps_of_the_runbook_are_linked_and_not_counted(page: Path) -> None:
    """A number goes stale when a step is added."""
    assert not re.search(r"step \d+ of the runbook", page.read_text())
