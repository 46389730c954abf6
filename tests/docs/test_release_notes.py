"""The notes of a release are the CHANGELOG's section of the project's version."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-12-01\n\n### Added\n\n- this\n\n## [1.2.2]\n\n- that\n"


def print_notes(folder: Path, version: str) -> "subprocess.CompletedProcess[str]":
    (folder / ".github").mkdir()
    shutil.copy(ROOT / ".github" / "release-notes", folder / ".github")
    (folder / "CHANGELOG.md").write_text(CHANGELOG)
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    return subprocess.run([str(folder / ".github/release-notes"), version], check=False, capture_output=True, text=True)


def test_they_are_the_versions_section_alone(tmp_path: Path) -> None:
    done = print_notes(tmp_path, "1.2.3")
    assert (done.returncode, done.stdout.split()) == (0, ["###", "Added", "-", "this"])


@pytest.mark.parametrize("version", ["1.2.2", "9.9.9"])
def test_a_tag_that_is_not_the_projects_version_makes_no_release(tmp_path: Path, version: str) -> None:
    done = print_notes(tmp_path, version)
    assert done.returncode == 1
    assert "another version" in done.stderr
