"""LobeChat's schema as the job asks for it: schema's errors as the job's, and the script of a dry run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from job.core.errors import ExitCode, JobError
from job.lobechat.schema import ERRORS, translated
from sandbox.lobechat import create_lobechat
from sandbox.postgres import Postgres
from schema import errors
from tests.support.job import Job


def subclasses(kind: type[Exception]) -> set[type[Exception]]:
    return {kind}.union(*(subclasses(one) for one in kind.__subclasses__()))


def test_every_error_of_the_schema_has_one_of_the_job() -> None:
    assert set(ERRORS) == subclasses(errors.SchemaError) - {errors.SchemaError}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.TargetError, ExitCode.SETTINGS),
        (errors.OutdatedError, ExitCode.SCHEMA_OUTDATED),
        (errors.NotLobeChatError, ExitCode.UNSUITABLE_DATABASE),
        (errors.UnsuitableDatabaseError, ExitCode.UNSUITABLE_DATABASE),
        (errors.DuplicatesError, ExitCode.CONFLICTS),
        (errors.TemporaryError, ExitCode.TEMPORARY),
        (errors.ConnectionLostError, ExitCode.TEMPORARY),
    ],
)
def test_an_error_keeps_its_words_and_gets_its_exit_code(error: type[errors.SchemaError], code: ExitCode) -> None:
    with pytest.raises(JobError) as caught, translated():
        raise error("what failed", hint="what to do", details=("one", "two"))
    found = caught.value
    assert (found.exit_code, found.message, found.hint, found.details) == (
        code, "what failed", "what to do", ("one", "two"),
    )  # fmt: skip


def test_a_dry_run_of_an_upgrade_leaves_the_script_in_the_report_folder(lobechat_1_url: str, tmp_path: Path) -> None:
    job = Job(lobechat_1_url, tmp_path)
    assert job.run(STAGES="check", SCHEMA="upgrade", DRY_RUN="1") == ExitCode.DONE
    (script,) = tmp_path.rglob("schema-*.sql")
    assert script.name == "schema-0040-0075.sql"
    assert "0075_add_user_memory_persona" in script.read_text()
    assert script.stat().st_mode & 0o777 == 0o600
    assert job.sql("SELECT to_regclass('public.two_factor')") == [(None,)]


def test_an_upgrade_is_told_in_few_lines(
    lobechat_1_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    job = Job(lobechat_1_url, tmp_path)
    assert job.run(STAGES="check", SCHEMA="upgrade") == ExitCode.DONE
    lines = [line for line in capfd.readouterr().out.splitlines() if '"schema.' in line]
    assert [word for line in lines for word in ("verdict", "upgrading", "revision") if f'"schema.{word}"' in line] == [
        "verdict", "upgrading", "verdict",
    ]  # fmt: skip
    assert job.report["lobechat"]["before"] == "0040"
    assert job.report["lobechat"]["after"] == "0075"


@pytest.fixture(scope="session")
def template_0089(server: Postgres) -> str:
    name = server.create_database()
    create_lobechat(server.url(name), "0089")
    return name


@pytest.fixture
def job_at_0089(server: Postgres, template_0089: str, tmp_path: Path) -> Iterator[Job]:
    """The job on a database of LobeChat 2.1.39, whose operator has no users of Clerk's left to move."""
    name = server.create_database(template_0089)
    yield Job(server.url(name), tmp_path)
    server.drop_database(name)


@pytest.mark.parametrize("dry_run", ["1", "0"])
def test_the_way_past_pg_search_alone(job_at_0089: Job, dry_run: str, capfd: pytest.CaptureFixture[str]) -> None:
    settings = {"STAGES": "check", "SCHEMA": "upgrade", "SCHEMA_TARGET": "0093", "DRY_RUN": dry_run}
    assert job_at_0089.run(**settings) == ExitCode.UNSUITABLE_DATABASE
    assert job_at_0089.run(**settings, PG_SEARCH="skip") == ExitCode.DONE
    output = capfd.readouterr().out
    assert "schema.recorded_without_running" in output
    assert "FTS_SEARCH_PROVIDER" in output
    assert job_at_0089.report["lobechat"]["recorded"] == ["0090", "0093"]
    page = (job_at_0089.report_folder / "report.html").read_text()
    assert "Recorded without being run: 0090, 0093" in page
    ((rows,),) = job_at_0089.sql("SELECT count(*) FROM drizzle.__drizzle_migrations")
    assert rows == (90 if dry_run == "1" else 94)
