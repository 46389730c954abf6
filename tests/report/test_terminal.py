"""How a run ends for people: on a terminal, in words, in eighty columns."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from job.core.errors import ConflictsError, ExitCode, InputError, SettingsError
from job.mapping.rows import FindingCode, SignIn
from job.report.terminal import show_end, show_failure
from tests.support.reports import PREFIX, make_report

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_a_dry_run_ends_with_headline_table_steps_place_and_that_nothing_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}DRY_RUN": "1"})
    report.sign_in({SignIn.PASSWORD: 1234, SignIn.SSO: 1, SignIn.NO_WAY_IN: 2})
    report.attention("user_1", SignIn.NO_WAY_IN, "no_email")
    report.stage("migrate", "planned", 1.0, {})
    report.write(ExitCode.DONE)
    show_end(report.model, report.page)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "The dry run went through"
    assert "│ 1,234 │ sign in with their password        │" in lines
    assert "│     1 │ signs in through a provider        │" in lines
    assert "1 person needs attention." in lines
    assert [line for line in lines if line.startswith("3. Run again with CLERK_TO_BETTERAUTH_DRY_RUN=0")]
    assert lines[-2] == f"Report: {report.folder / 'report.html'}"
    assert lines[-1] == "This was a dry run: nothing was written. Exit code 0."
    assert max(len(line) for line in lines[:-2]) <= 80


def test_a_failed_run_says_why_once_and_what_to_do_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = make_report(tmp_path)
    report.conflict("user_1", FindingCode.CONFLICT_EMAIL, "user_2")
    report.write(ExitCode.CONFLICTS, ConflictsError("1 user clashes", hint="settle it", details=("user_1 [x]",)))
    show_end(report.model, report.page)
    out = "".join(f"{line.rstrip()}\n" for line in capsys.readouterr().out.splitlines())
    assert "✗ 1 user clashes\n  - user_1 [x]\n" in out
    assert out.count("ettle it") == 1
    assert out.endswith("Exit code 6.\n")


def test_what_is_wrapped_may_be_copied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}DRY_RUN": "1"})
    detail = "public.users: ALTER TABLE public.users DISABLE TRIGGER audit_of_changes; afterwards: ENABLE it again"
    report.write(ExitCode.CONFLICTS, ConflictsError("1 user clashes", hint="look at each pair " * 8, details=(detail,)))
    show_end(report.model, None)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line != line.rstrip()] == []
    assert [len(line) - len(line.lstrip()) for line in lines if "again" in line] == [4]  # under the detail's text
    assert [line[:2] for line in lines if "each pair" in line] == ["→ ", "  "]


def test_each_failed_check_is_told_once_with_its_parts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = make_report(tmp_path)
    report.preflight("csv", "failed", "the CSV is missing", "move it", [])
    report.preflight("triggers", "failed", "there are triggers", "disable them", ["public.users: audit"])
    report.write(ExitCode.INPUT, InputError("the CSV is missing", hint="move it"))
    show_end(report.model, None)
    out = capsys.readouterr().out
    assert "✗ csv: the CSV is missing\n✗ triggers: there are triggers\n  - public.users: audit\n" in out
    assert "1. Move it.\n2. Disable them.\n" in out
    assert out.count("the CSV is missing") == 1


def test_verify_alone_tells_how_users_sign_in_and_not_how_they_would(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}STAGES": "verify", f"{PREFIX}DRY_RUN": "1"})
    report.sign_in({SignIn.SSO: 1})
    report.stage("verify", "verified", 1.0, {})
    report.write(ExitCode.DONE)
    show_end(report.model, None)
    out = capsys.readouterr().out
    assert "How users sign in" in out
    assert "dry run" not in out


def test_settings_that_are_wrong_are_all_named(capsys: pytest.CaptureFixture[str]) -> None:
    show_failure(SettingsError("the settings have 2 problems", hint="correct them", details=("A: [b]", "C: d")))
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "✗ the settings have 2 problems", "  - A: [b]", "  - C: d", "Next", "→ Correct them.", "Exit code 2."
    ]  # fmt: skip


def test_the_place_is_named_as_it_is_outside_of_the_container(tmp_path: Path) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}REPORT_DIR": "", f"{PREFIX}HOST_DATA_DIR": "./data"})
    report.write(ExitCode.DONE)
    assert str(report.page) == f"data/test/report/{report.folder.name}/report.html"
    assert report.summary()["report"] == str(report.page)


def test_a_report_that_was_not_written_is_not_named(tmp_path: Path) -> None:
    assert "report" not in make_report(tmp_path).summary()


def run_on_a_terminal(folder: Path, **variables: str) -> str:
    """The job's output where stdout is a terminal of its own."""
    mine, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "xterm"} | variables
    with subprocess.Popen([sys.executable, "-m", "job"], stdout=theirs, stderr=theirs, env=environment, cwd=folder):
        os.close(theirs)
        told = b""
        while chunk := _read(mine):
            told += chunk
    os.close(mine)
    return told.decode()


def _read(file: int) -> bytes:
    try:
        return os.read(file, 65536)
    except OSError:  # Linux says so where the other end is closed
        return b""


def test_a_terminal_gets_words_and_a_pipe_gets_json_without_being_asked(lobechat_url: str, tmp_path: Path) -> None:
    variables = check_variables(lobechat_url)
    told = run_on_a_terminal(tmp_path, **variables)
    assert "✓" in told
    assert "The database was checked" in told
    assert "run.ended" not in told
    piped = subprocess.run(
        [sys.executable, "-m", "job"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables},
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = [json.loads(line) for line in piped.stdout.splitlines()]
    assert (lines[0]["event"], lines[0]["dry_run"]) == ("run.started", True)
    assert (lines[-1]["event"], lines[-1]["dry_run"]) == ("run.ended", True)


def sgr(text: str) -> set[str]:
    """The colours and weights that the text asks of a terminal."""
    return set(re.findall(r"\x1b\[([\d;]*)m", text))


def check_variables(lobechat_url: str) -> dict[str, str]:
    return {
        f"TEST_{PREFIX}DATABASE_URL": lobechat_url,
        f"{PREFIX}DATABASE_DRIVER": "node",
        f"{PREFIX}STAGES": "check",
    }


def test_only_marks_have_a_colour_and_it_can_be_read_on_white(lobechat_url: str, tmp_path: Path) -> None:
    told = run_on_a_terminal(tmp_path, **check_variables(lobechat_url))
    told += run_on_a_terminal(tmp_path, CLERK_TO_BETTERAUTH_MODE="staging")
    assert sgr(told) <= {"0", "1", "31", "32"}  # bold, red, green
    assert set(re.findall(r"\x1b\[3[12]m(.*?)\x1b\[0m", told)) == {"✓", "✗"}


def test_who_wants_no_colours_gets_none(lobechat_url: str, tmp_path: Path) -> None:
    told = run_on_a_terminal(tmp_path, NO_COLOR="1", **check_variables(lobechat_url))
    assert "✓ check" in told
    assert sgr(told) <= {"0", "1"}


def test_a_terminal_that_moves_no_cursor_gets_plain_lines(lobechat_url: str, tmp_path: Path) -> None:
    told = run_on_a_terminal(tmp_path, TERM="dumb", **check_variables(lobechat_url))
    assert "\x1b" not in told
    assert "\r\n\r\n" not in told.partition("The database was checked")[0].rstrip()


def test_a_terminal_gets_the_settings_problems_in_words(tmp_path: Path) -> None:
    told = run_on_a_terminal(tmp_path, CLERK_TO_BETTERAUTH_MODE="staging")
    assert "CLERK_TO_BETTERAUTH_MODE: must be 'test' or 'prod'" in told
    assert "{" not in told
