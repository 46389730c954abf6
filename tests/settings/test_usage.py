"""`--help` lists every variable in one line, `--version` what the job knows; neither needs a setting."""

import subprocess
import sys

import pytest

from job.settings import Settings
from job.usage import GROUPS, describe_variables
from schema.journal import LATEST, PIN


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "job", *arguments], check=False, capture_output=True, text=True)


@pytest.mark.parametrize("argument", ["--help", "-h"])
def test_help_lists_every_variable_in_a_line_of_its_own(argument: str) -> None:
    done = run(argument)
    assert (done.returncode, done.stderr) == (0, "")
    listed = [line.strip().partition("=")[0] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert listed == [info.alias for info in Settings.model_fields.values() if info.alias]
    assert all(f"\n{heading}:\n" in done.stdout for heading in GROUPS.values())


def test_help_tells_defaults_and_meanings() -> None:
    line = next(line for line in run("--help").stdout.splitlines() if "_DRY_RUN=" in line)
    assert line.startswith("  CLERK_TO_BETTERAUTH_DRY_RUN=1  1: the database is opened read-only")


def test_help_is_wrapped_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    lines = describe_variables().splitlines()
    assert max(map(len, lines)) <= 80
    assert "  CLERK_TO_BETTERAUTH_DRY_RUN=1  1: the database is opened read-only and nothing" in lines
    assert "      is written; 0: a real run" in lines


def test_every_group_begins_at_a_variable_of_the_settings() -> None:
    assert set(GROUPS) <= set(Settings.model_fields)


def test_version_tells_the_revisions_and_releases_that_the_job_knows() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("clerk-to-betterauth 0.")
    assert f"{PIN} unless set otherwise (LobeChat 2.0.0 to 2.1.13)" in done.stdout
    assert f"at most {LATEST}" in done.stdout
    assert "LobeChat 1.0.1 to 2.2.19" in done.stdout


@pytest.mark.parametrize("arguments", [["--dry-run"], ["migrate"], ["--help", "--version"]])
def test_any_other_argument_is_refused(arguments: list[str]) -> None:
    """`python -m job --dry-run` must not be a real run."""
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--help" in done.stderr
