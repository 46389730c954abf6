"""Canaries for every secret and every kind of personal data go through every stage: nothing tells of them.

Read are stdout and stderr with debug logging, the report's files, the command lines, and the database's statement log.
"""

import csv
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psutil
import pytest

from job.clerk.models import ClerkUser, ExternalAccount, PhoneNumber, Verification
from job.settings import Stage
from job.stages import STAGES
from sandbox.clerk_server import ClerkServer, Fault
from sandbox.postgres import Postgres
from tests.support.job import CREATED, PREFIX, Job, user
from tests.support.processes import start
from tests.support.shelf import Shelf, open_shelf

KEY = "sk_test_canary"
DIGEST = "$2b$04$" + "canary" * 8 + "canar"
TOTP = "CANARY" * 5 + "CA"
PHONE = "+4915550017"
CSV_SERVER = "canary:canary@127.0.0.1"
VERIFIED = Verification("verified")


def person(number: int, **fields: Any) -> ClerkUser:
    """A user each of whose values is a canary; only the id is none, for the job may name it."""
    values: dict[str, Any] = {
        "email": f"Canary{number}@example.org",
        "first_name": f"Canary{number}",
        "last_name": "Canarylast",
        "username": f"canary_{number}",
        "image_url": f"https://img.clerk.com/canary{number}",
        "has_image": True,
        "primary_phone_number_id": "phone",
        "phone_numbers": (PhoneNumber("phone", f"{PHONE}{number}", VERIFIED),),
        "external_accounts": (link(number), link(number, "oauth_microsoft"), link(number, "oauth_custom_x", None)),
        "password_enabled": True,
        "totp_enabled": True,
        "two_factor_enabled": True,
        **fields,
    }
    return user(number, **values)


def link(number: int, provider: str = "oauth_google", verification: Verification | None = VERIFIED) -> ExternalAccount:
    return ExternalAccount(
        f"eac_{provider}_{number}",
        provider,
        f"canary-{provider}-{number}",
        "canary-scope",
        f"canary-{number}@provider.example",
        CREATED,
        CREATED,
        verification,
    )


PEOPLE = [
    person(1),
    person(2, email=None, primary_phone_number_id=None),
    person(3, email="canary..dots@example.org", banned=True),
    person(4, email="not an address, canary", locked=True, lockout_expires_in_seconds=600),
    person(5, external_accounts=(), password_enabled=False),
]
HASHES = {"password_digest": DIGEST, "password_hasher": "bcrypt", "totp_secret": TOTP}
CELLS: dict[str, dict[str, str]] = {
    "user_1": {**HASHES, "first_name": "Canarycell", "primary_email_address": "canary-cell@example.org"},
    "user_2": {"password_digest": "$argon2id$canary", "password_hasher": "argon2", "totp_secret": "canary, not Base32"},
    "user_3": {"password_digest": "$2y$" + DIGEST[4:], "password_hasher": "bcrypt"},
    "user_4": HASHES,
    "user_6": {**HASHES, "primary_email_address": "canary-orphan@example.org", "username": "canary_orphan"},
}


@pytest.fixture
def clerk() -> Iterator[ClerkServer]:
    with ClerkServer([msgspec.to_builtins(one) for one in PEOPLE], key=KEY) as running:
        yield running


@pytest.fixture
def job(request: pytest.FixtureRequest, tmp_path: Path) -> Job:
    """LobeChat 2 with two of Clerk's users and one of its own; the CSV is in the folder."""
    made = Job(request.getfixturevalue(getattr(request, "param", "lobechat_url")), tmp_path)
    made.give([], **CELLS)
    (tmp_path / "data" / "test" / "clerk_users.json").unlink()
    for number in (1, 2, 9):
        made.sql(
            "INSERT INTO users (id, email, full_name, avatar) VALUES (%s, %s, 'Canary Fullname', 'https://canary')",
            *(f"user_{number}", f"CANARY{number}@example.org"),
        )
    return made


@pytest.fixture
def watch(job: Job, clerk: ClerkServer, server: Postgres) -> Iterator[Callable[..., int]]:
    """Run the job in a process of its own, assert that nothing was told, and return the exit code."""
    name = urlsplit(job.url).path[1:]
    for setting in ("log_statement = 'all'", "log_duration = on", "log_parameter_max_length_on_error = -1"):
        server.execute(f"ALTER DATABASE {name} SET {setting}")
    log = server.folder / "log"

    def run(*, database_log: bool = True, **settings: str) -> int:
        began = log.stat().st_size
        whole = {
            "STAGES": "check,export,migrate,verify",
            "SCHEMA": "upgrade",
            "AUTH_SECRET": "canary-auth-secret",
            "CLERK_API_URL": clerk.url,
            "CLERK_EXPORT_RETRIES": "1",
            f"TEST_{PREFIX}CLERK_SECRET_KEY": KEY,
            "BACKUP_CODES_FILE": "codes/backup_codes.csv",
            **settings,
        }
        with start(job, **whole) as process:
            assert process.stdout is not None
            output = process.stdout.readline()
            this = psutil.Process(process.pid)
            commands = [str(one.cmdline()) for one in (this, *this.children(recursive=True)) if one.is_running()]
            output += process.stdout.read()
        with log.open() as file:
            file.seek(began)
            statements = file.read()
        assert "LOG:  statement: " in statements or process.returncode
        told = {"output": output, "commands": str(commands), **report_files(job)}
        assert_nothing_told({**told, "statements": statements} if database_log else told, job)
        return process.returncode

    yield run
    server.execute(f"ALTER DATABASE {name} RESET ALL")


def report_files(job: Job) -> dict[str, str]:
    folder = job.folder / "data" / "test" / "report"
    return {str(path): path.read_text() for path in folder.glob("2*/*")}


def backup_codes(job: Job) -> set[str]:
    path = job.folder / "codes" / "backup_codes.csv"
    if not path.exists():
        return set()
    with path.open(newline="") as file:
        return {code for row in csv.DictReader(file) for code in row["backup_codes"].split()}


def assert_nothing_told(told: dict[str, str], job: Job) -> None:
    secrets = {"canary", PHONE[1:], str(urlsplit(job.url).password), *backup_codes(job)}
    for place, text in told.items():
        assert not [secret for secret in secrets if secret.lower() in text.lower()], place


@pytest.mark.parametrize("job", ["lobechat_1_url"], indirect=True)
def test_a_whole_way_there_and_back_tells_nothing(job: Job, watch: Callable[..., int]) -> None:
    """From LobeChat 1.143, with the CSV from an address that holds a password and a token."""
    body = (job.folder / "data" / "test" / "clerk_exported_users.csv").read_bytes()
    with open_shelf((200, {}, body)) as shelf:
        url = f"http://{CSV_SERVER}:{shelf.server_port}/users.csv?signature=canary"
        assert watch(DRY_RUN="1", CSV_URL=url) == 0
        assert watch(CSV_URL=url, ORPHANS="migrate") == 0
    assert backup_codes(job)
    assert job.sql("SELECT count(*) FROM users WHERE email LIKE 'canary%'") == [(5,)]  # every canary did go through
    assert job.sql("SELECT count(*) FROM accounts WHERE account_id LIKE 'canary%' OR password LIKE '%canary%'")[0][0]
    encrypted = job.sql("SELECT secret, backup_codes FROM two_factor")
    assert encrypted
    assert not [one for row in encrypted for one in row if any(one in text for text in report_files(job).values())]
    assert watch(STAGES="verify") == 0
    assert watch(STAGES="rollback") == 0
    assert watch(STAGES="cleanup") == 0


def test_files_are_their_owners_alone(job: Job, watch: Callable[..., int]) -> None:
    assert watch() == 0
    folder = job.folder / "data" / "test"
    files = [
        folder / "clerk_users.json",
        folder / "clerk_users.manifest.json",
        job.folder / "codes" / "backup_codes.csv",
        *job.report_folder.iterdir(),
    ]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (job.report_folder, job.folder / "codes")} == {0o700}


def test_a_clash_names_ids_alone(clerk: ClerkServer, watch: Callable[..., int]) -> None:
    clerk.add(msgspec.to_builtins(person(7, email="canary1@example.org", username="canary_1")))
    assert watch() == 6


@pytest.mark.parametrize("key", ["sk_test_canarywrong", "pk_test_canary"])
def test_a_refused_key_is_not_told(watch: Callable[..., int], key: str) -> None:
    assert watch(**{f"TEST_{PREFIX}CLERK_SECRET_KEY": key}) == (9 if key.startswith("sk") else 2)


@pytest.mark.parametrize("fault", ["status", "html", "cut", "reset"])
def test_a_clerk_that_fails_tells_nothing(clerk: ClerkServer, watch: Callable[..., int], fault: Any) -> None:
    clerk.faults.extend(Fault(fault, path="/users?", status=503) for _ in range(30))
    assert watch() == 75


def test_an_answer_of_another_shape_is_named_by_its_place(clerk: ClerkServer, watch: Callable[..., int]) -> None:
    clerk.add({**msgspec.to_builtins(person(8)), "first_name": {"canary": "canary"}})
    assert watch() == 3


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "clerk_exported_users.csv",
            "id,password_digest,password_hasher\na canary,canary,canary\nuser_1,canary\n",
        ),
        ("clerk_exported_users.csv", 'id,password_digest,password_hasher\nuser_1,"canary"canary,x\n'),
        ("clerk_exported_users.csv", "canary,canary\ncanary,canary\n"),
        ("clerk_users.json", '[{"id": "user_1", "created_at": "canary", "first_name": "canary"}]'),
        ("clerk_users.json", '[{"id": "user_1", "created_at": 1, "first_name": "canary"'),
        ("clerk_users.json", '[{"id": "canary canary", "created_at": 1}]'),
    ],
)
def test_a_bad_file_is_named_by_its_place(job: Job, watch: Callable[..., int], file: str, text: str) -> None:
    folder = job.folder / "data" / "test"
    (folder / "clerk_users.json").write_text('[{"id": "user_1", "created_at": 1}]')
    (folder / file).write_text(text)
    assert watch(STAGES="check,migrate") == 3


@pytest.mark.parametrize(
    "settings",
    [
        {f"TEST_{PREFIX}DATABASE_URL": "postgresql://canary:canary@127.0.0.1:1"},
        {f"TEST_{PREFIX}DATABASE_URL": "canary://canary:canary@127.0.0.1/canary"},
        {f"TEST_{PREFIX}DATABASE_URL": "postgresql://lobe:x@canary/canary@127.0.0.1:5432/lobechat"},
        {f"TEST_{PREFIX}DATABASE_URL": "postgresql://lobe:x/canary#1@127.0.0.1:5432/lobechat"},
        {
            "MODE": "prod",
            f"PROD_{PREFIX}DATABASE_URL": "postgresql://lobe:x@canary/canary@127.0.0.1:5432/lobechat",
            f"PROD_{PREFIX}CLERK_SECRET_KEY": "sk_live_canary",
        },
        {"CSV_URL": "ftp://canary:canary@127.0.0.1/canary"},
        {"CLERK_API_URL": "https://canary:canary@127.0.0.1/v1"},
        {"BATCH_SIZE": "canary", "CSV_SHA256": "canary", "AUTH_EMAIL_VERIFICATION": "canary", "STAGES": "canary"},
    ],
)
def test_a_bad_setting_is_named_without_its_value(watch: Callable[..., int], settings: dict[str, str]) -> None:
    assert watch(**settings) == 2


def test_a_wrong_password_of_the_database_is_not_told(job: Job, watch: Callable[..., int]) -> None:
    parts = urlsplit(job.url)
    url = f"postgresql://postgres:canary@127.0.0.1:{parts.port}{parts.path}"
    assert watch(**{f"TEST_{PREFIX}DATABASE_URL": url}) == 2


def test_an_address_of_the_csv_that_gives_nothing_is_named_by_its_host(watch: Callable[..., int]) -> None:
    with open_shelf((404, {}, b"canary")) as shelf:
        assert watch(CSV_URL=address(shelf)) == 3


def address(shelf: Shelf) -> str:
    return f"http://{CSV_SERVER}:{shelf.server_port}/users.csv?signature=canary"


@pytest.mark.parametrize(("state", "code"), [("P0001", 1), ("23505", 75), ("57014", 75), ("53100", 75)])
def test_an_error_of_the_database_is_told_without_its_text(
    job: Job, watch: Callable[..., int], state: str, code: int
) -> None:
    """PostgreSQL's own log has the text, which is PostgreSQL's."""
    assert watch(STAGES="check") == 0
    job.sql(f"""
        CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION '%', NEW.account_id USING ERRCODE = '{state}', DETAIL = NEW.password, HINT = 'canary';
        END $$""")
    job.sql("CREATE TRIGGER tell BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION tell()")
    assert watch(database_log=False, STAGES="export,migrate,verify") == code  # the check would name the trigger
    assert job.sql("SELECT count(*) FROM accounts") == [(0,)]


def test_a_bug_is_told_without_its_text(
    job: Job, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        raise ValueError("canary") from KeyError("canary")

    monkeypatch.setitem(STAGES, Stage.CHECK, fail)
    assert job.run(STAGES="check,migrate", SCHEMA="upgrade", AUTH_SECRET="canary-auth-secret") == 1
    told = capfd.readouterr()
    assert "ValueError from KeyError" in told.out
    assert_nothing_told({"stdout": told.out, "stderr": told.err, **report_files(job)}, job)
    assert os.environ.get("AUTH_SECRET") is None
