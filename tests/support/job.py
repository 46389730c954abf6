"""A LobeChat database, Clerk's two files, and the real job on them."""

import csv
import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

import msgspec
import psycopg2
from psycopg2.extras import execute_values

from job.clerk.models import ClerkUser, CsvUser, EmailAddress, ExternalAccount, Verification
from job.run import main

PREFIX = "CLERK_TO_BETTERAUTH_"
CREATED = 1_700_000_000_000
DIGEST = "$2b$04$" + "a" * 53
TABLES = ("users", "accounts", "two_factor")


def user(number: int, *, email: str | None = "", **fields: Any) -> ClerkUser:
    """A Clerk user with a verified address."""
    address = f"u{number}@example.org" if email == "" else email
    emails = (EmailAddress("e", address, Verification("verified")),) if address else ()
    values: dict[str, Any] = {
        "id": f"user_{number}",
        "created_at": CREATED,
        "primary_email_address_id": "e" if address else None,
        "email_addresses": emails,
        **fields,
    }
    return ClerkUser(**values)


def google(number: int, account: str | None = None) -> ExternalAccount:
    """A verified link to Google."""
    return ExternalAccount(
        f"eac_{number}",
        "oauth_google",
        account or f"g{number}",
        created_at=CREATED,
        updated_at=CREATED,
        verification=Verification("verified"),
    )


def with_user(url: str, user: str, password: str) -> str:
    """The URL with another role."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{parts.hostname}:{parts.port}"))


@dataclass
class Job:
    """The job in a folder of its own, on one database."""

    environment: ClassVar[dict[str, str]] = {}

    url: str
    folder: Path
    report: dict[str, Any] = field(default_factory=dict)

    def give(self, users: list[ClerkUser], **cells: dict[str, str]) -> None:
        """Write both files; `cells` of a user, by id, go into its CSV row."""
        folder = self.folder / "data" / "test"
        folder.mkdir(parents=True, exist_ok=True)
        lines = b",\n".join(msgspec.json.encode(one) for one in users)
        (folder / "clerk_users.json").write_bytes(b"[\n" + lines + b"\n]\n" if users else b"[\n]\n")
        with (folder / "clerk_exported_users.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, CsvUser._fields[1:])
            writer.writeheader()
            for user_id in dict.fromkeys([*(one.id for one in users), *cells]):
                writer.writerow({"id": user_id, **cells.get(user_id, {})})

    def run(self, **settings: str) -> int:
        """One real run; the report is kept."""
        environ = {
            f"TEST_{PREFIX}DATABASE_URL": self.url,
            f"{PREFIX}DATABASE_DRIVER": "node",
            f"{PREFIX}DRY_RUN": "0",
            f"{PREFIX}STAGES": "check,migrate,verify",
            "AUTH_SECRET": "a-secret-of-the-tests",
        }
        own = {
            name if name.startswith(("AUTH", "TEST", "CLERK")) else PREFIX + name: value
            for name, value in settings.items()
        }
        code = main({**environ, **self.environment, **own}, self.folder)
        self.read_report()
        return code

    def run_dry_and_real(self, **settings: str) -> list[int]:
        """The exit codes of a dry run and a real one."""
        return [self.run(DRY_RUN=dry_run, **settings) for dry_run in ("1", "0")]

    def read_report(self) -> None:
        """Keep what the last run reported."""
        self.report = json.loads((self.report_folder / "report.json").read_text())

    @property
    def report_folder(self) -> Path:
        """Where the last run's report lies."""
        return self.folder / "data" / "test" / "report" / "latest"

    def preflight(self, name: str) -> tuple[str, str]:
        """(result, everything it says) of one check before the first write."""
        (one,) = [one for one in self.report["preflight"] if one["name"] == name]
        return one["result"], " ".join([one["message"], one["hint"], *one["details"]])

    def attention(self) -> set[tuple[str, str, str]]:
        """(user id, reason, detail) of causes.csv."""
        with (self.report_folder / "causes.csv").open(newline="") as file:
            return {(row["user_id"], row["reason"], row["detail"]) for row in csv.DictReader(file)}

    def actions(self) -> dict[str, str]:
        """The action of each person of attention.csv."""
        with (self.report_folder / "attention.csv").open(newline="") as file:
            return {row["user_id"]: row["action"] for row in csv.DictReader(file)}

    def connect(self) -> Any:
        """A connection in UTF-8, whatever the server or the environment asks for."""
        return psycopg2.connect(self.url, client_encoding="UTF8")

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement and commit; its rows, if any."""
        with closing(self.connect()) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def insert(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert many rows in one go; `statement` ends with VALUES %s."""
        with closing(self.connect()) as connection, connection, connection.cursor() as cursor:
            execute_values(cursor, statement, rows)

    def one(self, column: str, number: int = 1) -> Any:
        """A column of one user's row."""
        return self.sql(f"SELECT {column} FROM users WHERE id = %s", f"user_{number}")[0][0]

    def rows(self, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of the tables, as text, in order."""
        return {table: self.sql(f"SELECT t::text FROM {table} t ORDER BY 1") for table in tables or TABLES}
