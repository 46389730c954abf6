"""The commands that the documents show are there."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/*.md"),
    ROOT / ".ci" / "run",
    ROOT / ".github" / "workflows" / "ci.yml",
]


def targets() -> set[str]:
    listed = subprocess.run(["make", "help"], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return set(re.findall(r"^ +make ([a-z-]+)", listed, flags=re.MULTILINE))


def test_make_help_lists_every_target() -> None:
    [phony] = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert targets() == set(phony.split())


def test_every_make_command_of_the_documents_exists() -> None:
    shown = {
        command
        for document in DOCUMENTS
        for command in re.findall(r"(?:`|^ *|run: |\$ )make ((?:[a-z-]+ ?)+)", document.read_text(), flags=re.MULTILINE)
    }
    assert shown
    assert {target for command in shown for target in command.split()} <= targets()


def test_every_manifest_and_example_of_the_documents_exists() -> None:
    shown = {
        path for document in DOCUMENTS for path in re.findall(r"\b(?:k8s|examples)/[\w./-]*\w", document.read_text())
    }
    assert shown
    assert not {path for path in shown if not (ROOT / path).exists()}
