"""The files of a run: whole or not at all, for their owner only."""

import csv
import json
import tracemalloc
from pathlib import Path

import pytest

from job.core.errors import ConflictsError, ExitCode, SettingsError
from job.mapping.rows import FindingCode, SignIn, SignInReason
from job.report import Report
from job.report.model import ReportModel
from tests.support.reports import PREFIX, make_report

FILES = {"report.json", "report.html", "junit.xml"}
PEOPLE = {"attention.csv", "causes.csv"}


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_all_files_are_written_for_their_owner_only(report: Report, tmp_path: Path) -> None:
    report.attention("user_1", FindingCode.NO_EMAIL, "")
    report.write(ExitCode.DONE)
    assert {path.name for path in report.folder.iterdir()} == FILES | PEOPLE
    assert {path.stat().st_mode & 0o777 for path in report.folder.iterdir()} == {0o600}
    assert {folder.stat().st_mode & 0o777 for folder in (tmp_path / "report", report.folder)} == {0o700}


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


def test_each_run_has_a_folder_of_its_own_and_latest_is_the_newest(tmp_path: Path) -> None:
    first = make_report(tmp_path)
    first.attention("user_1", FindingCode.NO_EMAIL, "")
    first.write(ExitCode.DONE)
    before = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    second = make_report(tmp_path, **{f"{PREFIX}STAGES": "rollback", f"{PREFIX}DRY_RUN": "1"})
    second.stage("rollback", "would be rolled back", 0.1, {})
    second.write(ExitCode.DONE)
    assert {path.name: path.read_bytes() for path in first.folder.iterdir()} == before
    assert {path.name for path in (tmp_path / "report").iterdir()} == {first.folder.name, second.folder.name, "latest"}
    assert (tmp_path / "report/latest").resolve() == second.folder
    assert json.loads((tmp_path / "report/latest/report.json").read_text())["stages_asked"] == ["rollback"]


def test_latest_is_a_copy_where_the_file_system_has_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    first = make_report(tmp_path)
    first.attention("user_1", FindingCode.NO_EMAIL, "")
    first.write(ExitCode.DONE)
    second = make_report(tmp_path)
    second.write(ExitCode.TEMPORARY)
    latest = tmp_path / "report/latest"
    assert not latest.is_symlink()
    assert {path.name: path.read_bytes() for path in latest.iterdir()} == {
        path.name: path.read_bytes() for path in second.folder.iterdir()
    }
    assert {path.name for path in (tmp_path / "report").iterdir()} == {first.folder.name, second.folder.name, "latest"}


def test_a_run_that_looked_at_no_user_has_no_list_of_people(report: Report) -> None:
    report.stage("check", "current", 0.1, {})
    report.stage("migrate", "failed", 0.1, {})
    report.write(ExitCode.LOCK_HELD)
    assert {path.name for path in report.folder.iterdir()} == FILES


def test_a_run_that_looked_at_users_and_found_nobody_has_an_empty_list(report: Report) -> None:
    report.stage("migrate", "applied", 0.1, {})
    report.write(ExitCode.DONE)
    assert (report.folder / "attention.csv").read_text() == "user_id,action,what_to_do,reasons\n"


def test_report_json_is_the_model(report: Report, tmp_path: Path) -> None:
    report.count("users", "insert", 3)
    report.provider("google", 2)
    report.sign_in({SignIn.SSO: 3})
    report.check("users.complete", True, "fine")
    report.stage("migrate", "applied", 1.5, {"insert": 3})
    report.write(ExitCode.DONE)
    text = (tmp_path / "report/latest/report.json").read_text()
    assert ReportModel.model_validate_json(text) == report.model
    told = json.loads(text)
    assert told["schema_version"] == 2
    assert told["counts"] == {"users": {"insert": 3}}
    assert told["sign_in"] == {way.value: 3 if way is SignIn.SSO else 0 for way in SignIn}
    assert told["providers"] == [{"provider": "google", "links": 2, "served": True, "enabled": None}]


def test_the_page_of_the_shape_names_every_field() -> None:
    page = (Path(__file__).parents[2] / "docs/logging.md").read_text()
    assert [name for name in ReportModel.model_fields if f"`{name}`" not in page] == []


def test_each_person_has_one_row_with_the_most_urgent_action(report: Report) -> None:
    report.attention("user_c", FindingCode.PASSKEY_LOST, "")
    report.attention("user_c", FindingCode.AUTHENTICATOR_STOPS, "")
    report.attention("user_d", FindingCode.AUTHENTICATOR_STOPS, "")
    report.attention("user_b", FindingCode.PASSKEY_LOST, "")
    report.attention("user_a", FindingCode.PASSKEY_LOST, "")
    report.attention("user_c", SignIn.SET_PASSWORD, "no_password")
    report.conflict("user_z", FindingCode.CONFLICT_EMAIL, "user_y")
    report.write(ExitCode.DONE)
    rows = read_csv(report.folder / "attention.csv")
    assert [(row["user_id"], row["action"], row["reasons"]) for row in rows] == [
        ("user_z", "settle_conflict", "conflict_email (user_y)"),
        ("user_c", "set_password", "passkey_lost; authenticator_stops; set_password (no_password)"),
        ("user_a", "link_provider", "passkey_lost"),
        ("user_b", "link_provider", "passkey_lost"),
        ("user_d", "enrol_authenticator", "authenticator_stops"),
    ]
    assert all(row["what_to_do"] for row in rows)
    told = json.loads((report.folder / "report.json").read_text())["attention"]
    assert told["people"] == 5
    assert list(told["by_action"].items()) == [
        ("settle_conflict", 1), ("set_password", 1), ("link_provider", 2), ("enrol_authenticator", 1)
    ]  # fmt: skip


def test_whoever_needs_nothing_is_in_the_causes_alone(report: Report) -> None:
    report.attention("user_1", FindingCode.PASSWORD_DISABLED, "")
    report.attention("user_1", FindingCode.ONLY_IN_LOBECHAT, "")
    report.write(ExitCode.DONE)
    assert read_csv(report.folder / "attention.csv") == []
    causes = read_csv(report.folder / "causes.csv")
    assert [(row["user_id"], row["reason"]) for row in causes] == [
        ("user_1", "password_disabled"), ("user_1", "only_in_lobechat")
    ]  # fmt: skip
    assert all(row["meaning"] and row["what_to_do"] for row in causes)


@pytest.mark.parametrize("reason", SignInReason)
def test_who_has_no_way_in_has_one_action_that_fits_the_cause(report: Report, reason: SignInReason) -> None:
    report.attention("user_1", SignIn.NO_WAY_IN, reason)
    report.write(ExitCode.DONE)
    (row,) = read_csv(report.folder / "attention.csv")
    assert row["action"] == {
        "conflict": "settle_conflict", "no_email": "enter_address", "email_not_matchable": "enter_address",
        "email_refused": "renew_lobechat",
    }.get(reason, "configure_lobechat")  # fmt: skip


def test_no_cell_is_a_formula(report: Report) -> None:
    report.attention("=1+1", SignIn.NO_WAY_IN, "@x")
    report.write(ExitCode.DONE)
    (row,) = read_csv(report.folder / "causes.csv")
    assert (row["user_id"], row["detail"]) == ("'=1+1", "'@x")
    assert read_csv(report.folder / "attention.csv")[0]["user_id"] == "'=1+1"


def test_memory_does_not_grow_with_the_lines(report: Report) -> None:
    report.attention("user_0", FindingCode.NO_EMAIL, "")
    tracemalloc.start()
    for number in range(20_000):
        report.attention(f"user_{number}", FindingCode.NO_EMAIL, "")
        report.conflict(f"user_{number}", FindingCode.CONFLICT_PHONE, "user_x")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    report.write(ExitCode.DONE)
    assert held < 600_000  # one batch of causes on its way to the disk
    assert report.model.attention.people == 20_000
    assert report.model.conflicts_total == 20_000
    assert len(report.model.conflicts) == 50
    (finding,) = report.model.findings
    assert (finding.count, len(finding.user_ids)) == (20_000, 20)


def test_a_restart_forgets_what_was_said_of_users(report: Report) -> None:
    report.conflict("user_1", FindingCode.CONFLICT_EMAIL, "user_2")
    report.restart()
    report.conflict("user_1", FindingCode.CONFLICT_EMAIL, "user_2")
    report.write(ExitCode.DONE)
    assert report.model.conflicts_total == 1
    assert len(read_csv(report.folder / "causes.csv")) == 1


def test_nothing_of_the_people_is_left_beside_the_files_when_a_run_is_killed(report: Report) -> None:
    for number in range(5000):
        report.attention(f"user_{number}", FindingCode.NO_EMAIL, "")
    assert list(report.folder.iterdir()) == []


def test_the_last_number_holds(report: Report) -> None:
    for number in (3, 5):
        report.count("users", "insert", number)
        report.provider("google", number)
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


def test_no_file_and_no_summary_holds_a_secret(report: Report) -> None:
    report.write(ExitCode.DONE)
    texts = [path.read_text() for path in report.folder.iterdir()]
    assert "canary" not in "".join(texts) + str(report.summary())
    assert report.summary()["database"] == "db.test/lobechat"
