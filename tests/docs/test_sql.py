"""The SQL of the documents, run by psql against a migrated database, does what the page says."""

import csv
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sandbox.postgres import Postgres
from tests.support.job import Job, google, user

ROOT = Path(__file__).parents[2]
CLERK_PICTURE = "https://img.clerk.com/abc"


@pytest.fixture
def job(lobechat_url: str, tmp_path: Path) -> Job:
    job = Job(lobechat_url, tmp_path)
    linked = user(3, external_accounts=(google(3),), has_image=True, image_url=CLERK_PICTURE)
    job.give([user(1), user(2, email=None), linked])
    assert job.run() == 0
    return job


def snippets(page: str, containing: str) -> list[str]:
    """The indented blocks of a page that hold a text."""
    blocks = re.findall(r"(?:^ {4,}\S.*\n)+", (ROOT / "docs" / page).read_text(), re.MULTILINE)
    return [re.sub("^ +", "", block, flags=re.MULTILINE) for block in blocks if containing in block]


def psql(server: Postgres, job: Job, script: str) -> str:
    command = [
        str(server.bin / "psql"),
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        "--tuples-only",
        "--no-align",
        job.url,
    ]
    run = subprocess.run(command, input=script, cwd=job.folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))[1:]


def test_the_letters_can_be_had_without_a_contacts_file(server: Postgres, job: Job) -> None:
    (script,) = snippets("letters.md", "attention.csv")
    psql(server, job, script.replace("data/prod/", "data/test/"))
    assert rows(job.folder / "letters.csv") == [["u1@example.org", "", "set_password"]]
    assert rows(job.folder / "without-address.csv") == [["user_2", "enter_address"]]


def test_pictures_at_clerk_are_counted_and_cleared(server: Postgres, job: Job) -> None:
    count, clear = snippets("faq.md", "clerk[.](com|dev)")
    assert psql(server, job, count) == "1"
    psql(server, job, clear)
    assert psql(server, job, count) == "0"


def test_a_link_goes_back_to_the_old_user(server: Postgres, job: Job) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('user_new', 'new@example.org')")
    job.sql("UPDATE accounts SET user_id = 'user_new' WHERE user_id = 'user_3'")
    (move,) = snippets("faq.md", "user_OLD")
    psql(server, job, move.replace("user_OLD", "user_3").replace("user_NEW", "user_new"))
    assert job.sql("SELECT provider_id FROM accounts WHERE user_id = 'user_3'") == [("google",)]


def test_a_backup_is_restored_into_a_database_of_its_own(server: Postgres, job: Job) -> None:
    (restore,) = snippets("faq.md", "pg_restore")
    (dump,) = [one for one in re.findall(r"pg_dump .*", (ROOT / "README.md").read_text()) if "before.dump" in one]
    at = urlsplit(job.url)
    environment = {
        "PATH": f"{server.bin}:/usr/bin:/bin", "PRODUCTION_URL": job.url, "PGHOST": str(at.hostname),
        "PGPORT": str(at.port), "PGUSER": str(at.username), "PGPASSWORD": str(at.password),
    }  # fmt: skip
    command = ["bash", "-ec", f"{dump}\n{restore}"]
    run = subprocess.run(command, cwd=job.folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    restored = Job(server.url("lobechat_restored"), job.folder)
    assert restored.sql("SELECT count(*) FROM public.users") == [(3,)]
    server.drop_database("lobechat_restored")
