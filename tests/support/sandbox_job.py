"""Runs the real job, as a process, on a sandbox."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2

from job.mapping.rows import SignIn
from sandbox.clerk_csv import write_csv
from sandbox.clerk_server import KEY, ClerkServer
from sandbox.lobechat import fill_lobechat
from sandbox.population import Person
from tests.support.job import PREFIX

SECRET = "the-AUTH_SECRET-of-the-sandbox"
PROVIDER_MAP = {"custom_acme": "generic-oidc"}  # Clerk's name of a provider: LobeChat's


class Prediction(NamedTuple):
    """What the job's report says of signing in."""

    counts: dict[SignIn, int]
    needy: dict[str, SignIn]  # users who must set a password by email or be helped


def prepare(url: str, folder: Path, people: Sequence[Person]) -> None:
    """Fill LobeChat's database and write the dashboard's CSV."""
    fill_lobechat(url, people)
    write_csv(folder / "test" / "clerk_exported_users.csv", people)


def run_job(url: str, folder: Path, people: Sequence[Person], **more: str) -> Prediction:
    """Run the job with `more` settings against a simulated Clerk; raises AssertionError unless it exits with 0."""
    report = folder / "report"
    with ClerkServer(person.api for person in people if person.api is not None) as clerk:
        settings = {
            f"TEST_{PREFIX}DATABASE_URL": url,
            f"TEST_{PREFIX}CLERK_SECRET_KEY": KEY,
            f"{PREFIX}DATABASE_DRIVER": "node",
            f"{PREFIX}DRY_RUN": "0",
            f"{PREFIX}SCHEMA": "upgrade",
            f"{PREFIX}DATA_DIR": str(folder),
            f"{PREFIX}REPORT_DIR": str(report),
            f"{PREFIX}CONFLICTS": "skip",
            f"{PREFIX}BACKUP_CODES_FILE": str(folder / "backup_codes.csv"),
            f"{PREFIX}PROVIDER_MAP": ",".join(f"{name}={mapped}" for name, mapped in PROVIDER_MAP.items()),
            "CLERK_API_URL": clerk.url,
            "AUTH_SECRET": SECRET,
        }
        job = subprocess.run(
            [sys.executable, "-m", "job"],
            check=False,
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], **settings, **more},
            cwd=Path(__file__).parents[2],
        )
    assert job.returncode == 0, f"the job ended with {job.returncode}:\n{job.stdout[-4000:]}\n{job.stderr[-4000:]}"
    return _read_prediction(report / "latest")


def _read_prediction(report: Path) -> Prediction:
    counts = json.loads((report / "report.json").read_text())["sign_in"]
    with (report / "causes.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["reason"] in {SignIn.SET_PASSWORD, SignIn.NO_WAY_IN}]
    return Prediction(
        {SignIn(name): count for name, count in counts.items()}, {row["user_id"]: SignIn(row["reason"]) for row in rows}
    )


def read_backup_codes(folder: Path) -> dict[str, list[str]]:
    """The new backup codes by user."""
    with (folder / "backup_codes.csv").open(newline="") as file:
        return {row["user_id"]: row["backup_codes"].split() for row in csv.DictReader(file)}


def query(url: str, statement: str) -> list[tuple[Any, ...]]:
    """The rows of one query."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()
