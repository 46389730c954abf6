"""The pipeline examples: settings that the job accepts, and the right codes tried again."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from job.core.errors import ExitCode
from job.settings import Stage, load_settings

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "ci"
GITHUB: dict[str, Any] = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text())
GITLAB: dict[str, Any] = yaml.safe_load((EXAMPLES / "gitlab-ci.yml").read_text())
WORTH_ANOTHER_TRY = {ExitCode.TEMPORARY, ExitCode.INTERRUPTED, ExitCode.TERMINATED}
PROGRAM = "#!/bin/bash\necho called >> {calls}\nexit {code}\n"
STEPS = [
    pytest.param({**job["env"], **step["env"]}, id=f"{name}: {step['name']}")
    for name, job in GITHUB["jobs"].items()
    for step in job["steps"]
    if "run" in step
]


def run_github_step(folder: Path, code: int, **environ: str) -> tuple[int, int]:
    """One step of the GitHub example with a `docker` that ends with `code`: its exit code and the number of calls."""
    calls = folder / "calls"
    for name, exit_code in (("docker", code), ("sleep", 0)):
        program = folder / name
        program.write_text(PROGRAM.format(calls=calls if name == "docker" else "/dev/null", code=exit_code))
        program.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "JOB_IMAGE": "image", **environ}
    done = subprocess.run(["bash", "-c", GITHUB["env"]["RUN_JOB"]], cwd=folder, env=environment, check=False)
    return done.returncode, len(calls.read_text().splitlines())


@pytest.mark.parametrize("code", list(ExitCode))
def test_the_github_step_tries_again_only_where_it_can_help(code: ExitCode, tmp_path: Path) -> None:
    attempts = 3 if code in WORTH_ANOTHER_TRY else 1
    assert run_github_step(tmp_path, code) == (code, attempts)


def test_the_github_step_hands_over_names_and_no_values(tmp_path: Path) -> None:
    run_github_step(tmp_path, 0, TEST_CLERK_TO_BETTERAUTH_DATABASE_URL="postgresql://secret", AUTH_SECRET="secret")
    assert sorted((tmp_path / "names.txt").read_text().split()) == [
        "AUTH_SECRET",
        "TEST_CLERK_TO_BETTERAUTH_DATABASE_URL",
    ]


@pytest.mark.parametrize("variables", STEPS)
def test_the_job_accepts_the_settings_of_every_github_step(variables: dict[str, str], tmp_path: Path) -> None:
    settings = load_settings(filled_in(variables), tmp_path)
    assert settings.mode.value == variables["CLERK_TO_BETTERAUTH_MODE"]
    assert settings.dry_run is (variables.get("CLERK_TO_BETTERAUTH_DRY_RUN", "1") == "1")


@pytest.mark.parametrize("name", ["gate", "production"])
def test_the_gitlab_job_tries_again_only_where_it_can_help(name: str) -> None:
    job = GITLAB[name]
    assert job["extends"] == ".job"
    assert set(GITLAB[".job"]["retry"]["exit_codes"]) == WORTH_ANOTHER_TRY


@pytest.mark.parametrize("name", ["smoke-test", "smoke"])
def test_both_gates_end_with_smoke(name: str, tmp_path: Path) -> None:
    github, gitlab = GITHUB["jobs"][name], GITLAB[name]
    step = next(step for step in github["steps"] if step["name"] == "Smoke")
    for variables in ({**github["env"], **step["env"]}, gitlab["variables"]):
        settings = load_settings(filled_in(variables), tmp_path)
        assert settings.stages == (Stage.SMOKE,)
        assert settings.lobechat_url == "https://chat.example.com"
        assert settings.mode.value == ("test" if name == "smoke-test" else "prod")
    assert gitlab["extends"] == ".job"
    assert gitlab["rules"] == [{"when": "manual"}]
    assert "environment" in github
    before = {"smoke-test": "gate", "smoke": "production"}[name]
    assert github["needs"] == before
    assert GITLAB["stages"].index(gitlab["stage"]) == GITLAB["stages"].index(before) + 1


@pytest.mark.parametrize("name", ["gate", "production"])
def test_the_job_accepts_the_settings_of_the_gitlab_example(name: str, tmp_path: Path) -> None:
    variables = GITLAB[".job"]["variables"] | GITLAB[name]["variables"]
    del variables["GIT_STRATEGY"]
    assert load_settings(filled_in(variables), tmp_path).dry_run


def filled_in(variables: dict[str, str]) -> dict[str, str]:
    """The example's variables with what the pipeline would put into the places of secrets."""
    mode = variables["CLERK_TO_BETTERAUTH_MODE"]
    values = {
        "DATABASE_URL": "postgresql://job:x@database.example.com/lobechat",
        "CLERK_SECRET_KEY": f"sk_{'live' if mode == 'prod' else 'test'}_{'a' * 40}",
        "CSV_URL": "https://files.example.com/users.csv",
        "CSV_SHA256": "0" * 64,
        "AUTH_SECRET": "a" * 44,
        "CONFIRM": "lobechat",
        "DATA_DIR": "/data",
        "REPORT_DIR": "/data/report",
        "LOBECHAT_URL": "https://chat.example.com",
        "SMOKE_EMAIL": "tester@example.com",
        "SMOKE_PASSWORD": "a password",
    }
    return {
        name: next(value for ending, value in values.items() if name.endswith(ending)) if "$" in text else text
        for name, text in variables.items()
        if name != "JOB_IMAGE"
    }
