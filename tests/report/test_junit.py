"""junit.xml as pipelines read it."""

from pathlib import Path
from xml.etree import ElementTree as ET

from job.core.errors import ConflictsError, ExitCode, InputError, VerificationError
from job.mapping.rows import FindingCode
from job.report import Report


def read(folder: Path) -> ET.Element:
    return ET.parse(folder / "report/latest/junit.xml").getroot()


def failed(root: ET.Element) -> list[str]:
    return [str(case.get("name")) for case in root.iter("testcase") if case.find("failure") is not None]


def test_a_good_run_has_no_failures(report: Report, tmp_path: Path) -> None:
    report.stage("verify", "verified", 1.25, {"checks": 1})
    report.check("users.complete", True, "every user is there")
    report.finding(FindingCode.NO_EMAIL, 1, ["user_1"])
    report.write(ExitCode.DONE)
    root = read(tmp_path)
    assert {name: root.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "3",
        "failures": "0",
        "errors": "0",
    }


def test_a_failed_check_is_a_failure(report: Report, tmp_path: Path) -> None:
    report.check("users.complete", False, "3 offending rows")
    report.stage("verify", "failed", 1.0, {})
    report.write(ExitCode.VERIFICATION, VerificationError("1 of 1 checks failed", hint="look"))
    root = read(tmp_path)
    assert failed(root) == ["users.complete"]
    assert (root.get("failures"), root.get("errors")) == ("1", "1")


def test_a_check_before_the_first_write_fails_is_skipped_or_warns(report: Report, tmp_path: Path) -> None:
    report.preflight("csv", "failed", "it is missing", "put it there", ["line 1", "line 2"])
    report.preflight("clerk", "skipped", "no key", "", [])
    report.preflight("doubles", "warning", "two rows", "delete one", ["user_1"])
    report.preflight("encoding", "passed", "UTF8", "", [])
    report.stage("check", "failed", 1.0, {})
    report.write(ExitCode.INPUT, InputError("it is missing"))
    (suite,) = [suite for suite in read(tmp_path) if suite.get("name") == "preflight"]
    assert [suite.get(name) for name in ("tests", "failures", "skipped")] == ["4", "1", "1"]
    (failure,) = suite.iter("failure")
    assert (failure.get("message"), failure.text) == ("it is missing", "put it there\nline 1\nline 2")
    (told,) = suite.iter("system-out")
    assert "delete one" in (told.text or "")


def test_a_conflict_fails_the_run_that_it_stopped(report: Report, tmp_path: Path) -> None:
    report.conflict("user_1", FindingCode.CONFLICT_EMAIL, "user_2")
    report.write(ExitCode.CONFLICTS, ConflictsError("clash"))
    assert failed(read(tmp_path)) == ["conflict_email"]


def test_a_conflict_that_was_left_out_is_skipped(report: Report, tmp_path: Path) -> None:
    report.conflict("user_1", FindingCode.CONFLICT_EMAIL, "user_2")
    report.write(ExitCode.DONE)
    root = read(tmp_path)
    assert failed(root) == []
    assert root.get("skipped") == "1"


def test_an_end_outside_of_every_stage_is_an_error(report: Report, tmp_path: Path) -> None:
    report.write(ExitCode.BUG)
    assert read(tmp_path).get("errors") == "1"


def test_what_xml_cannot_hold_is_replaced(report: Report, tmp_path: Path) -> None:
    report.conflict("user\x00\x1b<&>", FindingCode.CONFLICT_EMAIL, "user_2")
    report.write(ExitCode.CONFLICTS, ConflictsError("clash"))
    (failure,) = read(tmp_path).iter("failure")
    assert "user\ufffd\ufffd<&>" in (failure.text or "")
