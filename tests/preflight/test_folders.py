"""Folders and files that are missing, or must not be read or written, are named with what to do where the job runs."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from job.core.errors import SettingsError
from job.settings import load_settings
from job.settings.deployment import explain_refusal
from tests.support.job import DIGEST, PREFIX, Job

NOBODY = 65534
CSV = "clerk_exported_users.csv"
COMPOSE = {"HOST_DATA_DIR": "./data"}


@pytest.fixture
def in_kubernetes() -> dict[str, str]:
    return {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}


def place(job: Job, mode: str = "test") -> Path:
    return job.folder / "data" / mode / CSV


@contextmanager
def without_rights() -> Iterator[None]:
    """As root, be nobody for a while; anybody else is stopped by a folder's mode already."""
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
        os.setegid(group)


class TestMissingCsv:
    def test_it_is_named_before_any_export_with_its_place(self, job: Job) -> None:
        place(job).unlink()
        assert job.run(DRY_RUN="1") == 3
        result, text = job.preflight("csv")
        assert (result, "User exports" in text, f"{PREFIX}CSV=none" in text) == ("failed", True, True)

    @pytest.mark.parametrize(
        "elsewhere", [f"data/{CSV}", f"data/prod/{CSV}", "data/test/ins_2abc.csv"], ids=["data", "prod", "other name"]
    )
    def test_one_that_lies_near_is_named(self, job: Job, elsewhere: str) -> None:
        (job.folder / elsewhere).parent.mkdir(exist_ok=True)
        place(job).rename(job.folder / elsewhere)
        assert job.run(DRY_RUN="1") == 3
        assert elsewhere in job.preflight("csv")[1]
        assert "move it to" in job.preflight("csv")[1]

    def test_another_csv_is_not_taken_for_clerks(self, job: Job) -> None:
        place(job).unlink()
        (job.folder / "data/test/prices.csv").write_text("id,price\n1,2\n")
        job.run(DRY_RUN="1")
        assert "prices" not in job.preflight("csv")[1]

    def test_compose_is_told_the_hosts_path(self, job: Job) -> None:
        place(job).unlink()
        job.run(DRY_RUN="1", **COMPOSE)
        assert f"put it at data/test/{CSV} on the host" in job.preflight("csv")[1]

    def test_kubernetes_is_told_the_way_onto_the_volume(self, job: Job, in_kubernetes: dict[str, str]) -> None:
        place(job).unlink()
        job.environment = in_kubernetes  # type: ignore[misc] # of this job alone
        job.run(DRY_RUN="1")
        text = job.preflight("csv")[1]
        assert "k8s/data-pod.yaml" in text
        assert f"{PREFIX}CSV_URL" in text

    def test_the_doctor_only_warns_and_looks_on(self, job: Job) -> None:
        place(job).unlink()
        assert job.run(STAGES="check") == 0
        assert job.preflight("csv")[0] == "warning"
        assert job.preflight("schema")[0] == "passed"


def test_every_bad_file_is_told_in_one_run(job: Job) -> None:
    place(job).unlink()
    (job.folder / "data/test/clerk_users.json").write_text("[")
    (job.folder / "blocked").touch()
    assert job.run(BACKUP_CODES_FILE="blocked/codes.csv", CONTACTS_FILE="blocked/contacts.csv") == 3
    failed = [one["name"] for one in job.report["preflight"] if one["result"] == "failed"]
    assert failed == ["backup_codes_file", "contacts_file", "csv", "clerk_users"]
    assert "BACKUP_CODES_FILE" in job.report["error"]["message"]


def test_a_dry_run_says_of_the_backup_codes_what_the_real_one_would(job: Job) -> None:
    (job.folder / "blocked").touch()
    assert job.run(DRY_RUN="1", BACKUP_CODES_FILE="blocked/codes.csv") == 3


def test_a_bad_row_at_the_end_of_the_csv_is_known_before_anything_is_upgraded(job: Job, lobechat_1_url: str) -> None:
    job.url = lobechat_1_url
    with place(job).open("a") as file:
        file.write(f"user_9,{DIGEST}\n")
    assert job.run(SCHEMA="upgrade") == 3
    assert job.sql("SELECT to_regclass('public.accounts')") == [(None,)]


class TestRefused:
    """A folder that belongs to another, as Docker's own ./data does."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "data"
        folder.mkdir(mode=0o555)
        return folder

    def load(self, folder: Path, environ: dict[str, str], path: str = "", **variables: str) -> tuple[str, str]:
        given = {f"TEST_{PREFIX}DATABASE_URL": "postgresql://lobe@db.test/lobechat", f"{PREFIX}STAGES": "check"}
        settings = load_settings(
            {**given, **environ, **{PREFIX + name: value for name, value in variables.items()}}, folder.parent
        )
        refused = Path(path) if path else folder / "test" / "report"
        return explain_refusal(settings, refused, PermissionError(13, "Permission denied"))

    def test_uid_and_owner_are_named(self, folder: Path) -> None:
        reason, _ = self.load(folder, {})
        assert f"{folder} belongs to uid {folder.stat().st_uid}" in reason
        assert f"runs as uid {os.geteuid()}" in reason

    def test_compose_is_told_of_job_user_where_the_folder_is_somebodys(self, folder: Path) -> None:
        if os.geteuid() == 0:
            os.chown(folder, 1234, 1234)
        owner = folder.stat()
        _, hint = self.load(folder, {}, **COMPOSE)
        assert f"JOB_USER={owner.st_uid}:{owner.st_gid}" in hint
        assert "chown -R" in hint

    def test_compose_is_told_to_chown_what_docker_made_as_root(self, tmp_path: Path) -> None:
        _, hint = self.load(tmp_path / "data", {}, **COMPOSE, DATA_DIR="/", path="/report-of-nobody/here")
        assert "sudo chown -R" in hint
        assert hint.startswith(f"on the host: sudo chown -R {os.geteuid()}:{os.getegid()} data (")
        assert "JOB_USER" not in hint

    def test_kubernetes_is_told_of_fs_group(self, folder: Path, in_kubernetes: dict[str, str]) -> None:
        assert "fsGroup" in self.load(folder, in_kubernetes)[1]

    def test_a_run_that_cannot_write_its_report_says_so_and_ends(
        self, job: Job, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The report's folder is the first that is tried; without it nothing could be told."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            refused = Path(folder, "report")
            refused.mkdir(mode=0o555)
            with without_rights(), pytest.raises(FileNotFoundError):  # of the report
                Job(job.url, Path(folder)).run(REPORT_DIR="report/here")
        line = next(line for line in capsys.readouterr().out.splitlines() if "run.failed" in line)
        assert f"{PREFIX}REPORT_DIR" in line
        assert f"{refused} belongs to uid" in line


class TestForgottenSecretKey:
    VARIABLE = f"TEST_{PREFIX}CLERK_SECRET_KEY_FILE"

    def problems(self, folder: Path, path: Path, environ: dict[str, str]) -> str:
        given = {f"TEST_{PREFIX}DATABASE_URL": "postgresql://lobe@db.test/lobechat", self.VARIABLE: str(path)}
        with pytest.raises(SettingsError) as caught:
            load_settings(given | environ, folder)
        return " ".join(caught.value.details)

    def test_kubernetes_is_told_which_key_the_secret_lacks(self, tmp_path: Path, in_kubernetes: dict[str, str]) -> None:
        text = self.problems(tmp_path, tmp_path / "clerk-secret-key", in_kubernetes)
        assert "has no key clerk-secret-key" in text
        assert "--from-file=clerk-secret-key" in text

    def test_kubernetes_is_told_where_no_secret_is_mounted(self, tmp_path: Path, in_kubernetes: dict[str, str]) -> None:
        assert "volumeMount" in self.problems(tmp_path, tmp_path / "run" / "clerk-secret-key", in_kubernetes)

    def test_elsewhere_the_path_is_doubted(self, tmp_path: Path) -> None:
        text = self.problems(tmp_path, tmp_path / "clerk-secret-key", {})
        assert "check its path" in text
        assert "kubectl" not in text
