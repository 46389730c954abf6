"""The four files: whole or not at all, for their owner only."""

import csv
import json
import tracemalloc
from pathlib import Path

import pytest

from job.core.errors import ConflictsError, ExitCode, SettingsError
from job.mapping.rows import FindingCode, SignIn
from job.report import Report
from job.report.model import ReportModel
from tests.report.conftest import PREFIX, make_report

FILES = {"report.json", "report.html", "junit.xml", "attention.csv"}


def test_all_four_are_written_for_their_owner_only(report: Report, tmp_path: Path) -> None:
    report.write(ExitCode.DONE)
    folder = tmp_path / "report"
    assert {path.name for path in folder.iterdir()} == FILES
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_default_folder_and_its_parents_are_for_their_owner_only(tmp_path: Path) -> None:
    make_report(tmp_path, **{f"{PREFIX}REPORT_DIR": ""}).write(ExitCode.DONE)
    for folder in ("data", "data/test", "data/test/report"):
        assert (tmp_path / folder).stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir(mode=0o755)
    make_report(tmp_path).write(ExitCode.DONE)
    assert (tmp_path / "report").stat().st_mode & 0o777 == 0o755


def test_a_folder_that_cannot_be_made_is_named_before_work_begins(tmp_path: Path) -> None:
    (tmp_path / "blocked").touch()
    with pytest.raises(SettingsError, match=f"{PREFIX}REPORT_DIR") as caught:
        make_report(tmp_path, **{f"{PREFIX}REPORT_DIR": "blocked/report"})
    assert f"{PREFIX}REPORT_DIR" in caught.value.hint


def test_a_later_report_takes_the_place_of_the_earlier(tmp_path: Path) -> None:
    first = make_report(tmp_path)
    first.attention("user_1", FindingCode.NO_EMAIL, "")
    first.write(ExitCode.DONE)
    second = make_report(tmp_path)
    second.stage("verify", "verified", 0.1, {})
    second.write(ExitCode.TEMPORARY)
    assert json.loads((tmp_path / "report/report.json").read_text())["exit_code"] == 75
    assert (tmp_path / "report/attention.csv").read_text() == "user_id,reason,detail,what_to_do\n"
    assert {path.name for path in (tmp_path / "report").iterdir()} == FILES


def test_a_run_that_looked_at_no_user_leaves_the_list_of_an_earlier_one(tmp_path: Path) -> None:
    first = make_report(tmp_path)
    first.attention("user_1", FindingCode.NO_EMAIL, "")
    first.write(ExitCode.DONE)
    listed = (tmp_path / "report/attention.csv").read_text()
    second = make_report(tmp_path)
    second.stage("check", "current", 0.1, {})
    second.stage("migrate", "failed", 0.1, {})
    second.write(ExitCode.LOCK_HELD)
    assert json.loads((tmp_path / "report/report.json").read_text())["exit_code"] == 8
    assert (tmp_path / "report/attention.csv").read_text() == listed


def test_report_json_is_the_model(report: Report, tmp_path: Path) -> None:
    report.count("users", "insert", 3)
    report.count("providers", "google", 2)
    report.sign_in({SignIn.SSO: 3})
    report.check("users.complete", True, "fine")
    report.stage("migrate", "applied", 1.5, {"insert": 3})
    report.write(ExitCode.DONE)
    text = (tmp_path / "report/report.json").read_text()
    assert ReportModel.model_validate_json(text) == report.model
    told = json.loads(text)
    assert told["schema_version"] == 2
    assert told["counts"] == {"users": {"insert": 3}}
    assert told["sign_in"] == {way.value: 3 if way is SignIn.SSO else 0 for way in SignIn}
    assert told["providers"] == [{"provider": "google", "links": 2, "served": True, "enabled": None}]


def test_the_page_of_the_shape_names_every_field() -> None:
    page = (Path(__file__).parents[2] / "docs/logging.md").read_text()
    assert [name for name in ReportModel.model_fields if f"`{name}`" not in page] == []


def test_attention_has_the_mend_of_each_line(report: Report, tmp_path: Path) -> None:
    report.attention("user_1", FindingCode.NO_EMAIL, "")
    report.conflict("user_2", FindingCode.CONFLICT_EMAIL, "user_3")
    report.attention("=1+1", SignIn.NO_WAY_IN, "@x")
    report.write(ExitCode.DONE)
    with (tmp_path / "report/attention.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["user_id"], row["reason"], row["detail"]) for row in rows] == [
        ("user_1", "no_email", ""),
        ("user_2", "conflict_email", "user_3"),
        ("'=1+1", "no_way_in", "'@x"),
    ]
    assert all(row["what_to_do"] for row in rows)


def test_memory_does_not_grow_with_the_lines(report: Report) -> None:
    report.attention("user_0", FindingCode.NO_EMAIL, "")
    tracemalloc.start()
    for number in range(20_000):
        report.attention(f"user_{number}", FindingCode.NO_EMAIL, "")
        report.conflict(f"user_{number}", FindingCode.CONFLICT_PHONE, "user_x")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    report.write(ExitCode.DONE)
    assert held < 200_000
    assert report.model.conflicts_total == 20_000
    assert len(report.model.conflicts) == 50
    (finding,) = report.model.findings
    assert (finding.count, len(finding.user_ids)) == (20_000, 20)


def test_a_restart_forgets_what_was_said_of_users(report: Report, tmp_path: Path) -> None:
    report.conflict("user_1", FindingCode.CONFLICT_EMAIL, "user_2")
    report.restart()
    report.conflict("user_1", FindingCode.CONFLICT_EMAIL, "user_2")
    report.write(ExitCode.DONE)
    assert report.model.conflicts_total == 1
    assert len((tmp_path / "report/attention.csv").read_text().splitlines()) == 2


def test_the_last_number_holds(report: Report) -> None:
    for number in (3, 5):
        report.count("users", "insert", number)
        report.count("providers", "google", number)
        report.finding(FindingCode.NO_EMAIL, number, ["a"])
        report.check("users.complete", number == 5, "")
        report.stage("check", "current", 1.0, {})
    assert report.model.counts["users"]["insert"] == 5
    assert [one.links for one in report.model.providers] == [5]
    assert [one.count for one in report.model.findings] == [5]
    assert [one.passed for one in report.model.checks] == [True]
    assert len(report.model.stages) == 1


def test_the_termination_message_is_short_json(report: Report, tmp_path: Path) -> None:
    log = tmp_path / "termination-log"
    log.touch()
    error = ConflictsError("clash " * 200, hint="do this " * 200)
    for code in FindingCode:
        report.attention("user_1", code, "")
    report.write(ExitCode.CONFLICTS, error, termination_log=log)
    assert log.stat().st_size <= 4096
    told = json.loads(log.read_text())
    assert told["exit_code"] == 6
    assert told["error"].startswith("clash")


def test_without_kubernetes_no_termination_message_is_left(report: Report, tmp_path: Path) -> None:
    report.write(ExitCode.DONE, termination_log=tmp_path / "termination-log")
    assert not (tmp_path / "termination-log").exists()


def test_no_file_and_no_summary_holds_a_secret(report: Report, tmp_path: Path) -> None:
    report.write(ExitCode.DONE)
    texts = [path.read_text() for path in (tmp_path / "report").iterdir()]
    assert "canary" not in "".join(texts) + str(report.summary())
    assert report.summary()["database"] == "db.test/lobechat"
