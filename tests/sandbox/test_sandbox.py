"""The sandbox as a whole, and its parts from the command line."""

import csv
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import pytest

from sandbox.__main__ import main
from sandbox.clerk_process import ClerkProcess
from sandbox.sandbox import Sandbox

USERS = 200


def user_ids(url: str) -> set[str]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM users")
        return {row[0] for row in cursor.fetchall()}


def get(url: str, key: str, **query: Any) -> Any:
    return httpx.get(url, params=query, headers={"Authorization": f"Bearer {key}"}).raise_for_status().json()


def test_everything_tells_of_the_same_people() -> None:
    with Sandbox(USERS, conflicts=True) as sandbox:
        known = list(sandbox.people())
        with sandbox.csv_file.open(newline="") as file:
            assert {row["id"] for row in csv.DictReader(file)} == {person.id for person in known if person.csv}
        assert user_ids(sandbox.database_url) == {person.id for person in known if person.lobechat}
        users = get(f"{sandbox.clerk_url}/users", sandbox.clerk_key, limit=500)
        assert {user["id"] for user in users} == {person.id for person in known if person.api}
        assert sandbox.settings()["CLERK_API_URL"] == sandbox.clerk_url
    assert not sandbox.folder.exists()


def test_clerk_as_a_process_obeys_its_options() -> None:
    with ClerkProcess(20, limit=2, key="sk_live_other") as clerk:
        assert get(f"{clerk.url}/users/count", "sk_live_other")["total_count"] == 20
        assert httpx.get(f"{clerk.url}/users").status_code == 401
        assert get(f"{clerk.url}/users", "sk_live_other", limit=3)
        with pytest.raises(httpx.HTTPStatusError, match="429"):
            get(f"{clerk.url}/users", "sk_live_other")


def test_a_clerk_that_cannot_start_says_so() -> None:
    with pytest.raises(RuntimeError, match="did not start"), ClerkProcess("many"):  # type: ignore[arg-type]
        pass


def test_the_commands_fill_a_database_once_and_write_the_csv(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["lobechat", "--url", database_url, "--users", "30"])
    main(["lobechat", "--url", database_url, "--users", "30"])
    main(["csv", "--file", str(tmp_path / "data" / "users.csv"), "--users", "30"])
    answers = [line for line in capsys.readouterr().out.splitlines() if "users" in line and "schema." not in line]
    count = len(user_ids(database_url))
    assert answers[0] == f"{count} users in LobeChat"
    assert "already" in answers[1]
    assert answers[2].endswith("users in the CSV")
    assert (tmp_path / "data" / "users.csv").read_text().startswith("id,first_name")


def test_the_command_line_explains_itself() -> None:
    shown = subprocess.run([sys.executable, "-m", "sandbox", "--help"], check=True, capture_output=True, text=True)
    assert {"lobechat", "csv", "clerk"} <= set(
        shown.stdout.replace(",", " ").replace("{", " ").replace("}", " ").split()
    )
