"""Debian's Chromium without a screen: what a page looks like, and what a script in it finds."""

import html
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--allow-file-access-from-files",
)  # fmt: skip


def chromium(*arguments: str) -> str:
    """Run it once with a profile of its own; returns what it prints."""
    program = shutil.which("chromium")
    assert program, "these tests need Chromium (Debian: apt-get install chromium)"
    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        run = subprocess.run(
            [program, *FLAGS, f"--user-data-dir={profile}", *arguments],
            check=True, capture_output=True, text=True, timeout=240, env={"HOME": profile, "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
    return run.stdout


def framed(pages: dict[str, str], width: int, height: int = 1200) -> str:
    """The pages in frames of one width each: a window of Chromium's cannot be as narrow as a phone."""
    return "".join(
        f'<iframe id="{name}" style="width:{width}px;height:{height}px;border:0;display:block" '
        f'srcdoc="{html.escape(page)}"></iframe>'
        for name, page in pages.items()
    )


def for_print(page: str) -> str:
    """The page as its style sheet has it on paper, to be looked at on the screen."""
    return page.replace("@media print", "@media all").replace("@media screen and", "@media print and")


def dump(page: str, folder: Path) -> str:
    """The document after its scripts ran."""
    path = folder / "page.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><body style='margin:0'>{page}")
    return chromium("--virtual-time-budget=10000", "--dump-dom", f"file://{path}")


def find_result(document: str) -> str:
    """What a script wrote into the element with the id `result`."""
    found = re.search(r'<pre id="result">(.*?)</pre>', document, re.DOTALL)
    assert found, document[-2000:]
    return html.unescape(found[1])
