"""Puts users and their rows into LobeChat's tables by hand, one user a test."""

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

import bcrypt
import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class under a lower-case name

PASSWORD = "correct horse battery"


def digest(password: str = PASSWORD, prefix: str = "$2b$") -> str:
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=4)).decode()
    return prefix + hashed.removeprefix("$2b$")


def new_address(domain: str = "example.com") -> str:
    """An address that nobody has yet."""
    return f"a{uuid.uuid4().hex[:12]}@{domain}"


class Person(NamedTuple):
    """A user of LobeChat, and what is typed at sign-in."""

    id: str
    email: str


class Rows:
    """Writes to one database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @classmethod
    @contextmanager
    def of(cls, url: str) -> Iterator["Rows"]:
        """Rows of another database."""
        with closing(psycopg2.connect(url)) as connection:
            connection.autocommit = True
            yield cls(connection)

    def user(self, *, email: str | None = "", **columns: Any) -> Person:
        """Add a user; with an address of its own unless `email` says otherwise."""
        user_id = f"user_{uuid.uuid4().hex[:12]}"
        email = new_address() if email == "" else email
        self._insert("users", {"id": user_id, "email": email, "email_verified": True} | columns)
        return Person(user_id, email or "")

    def password(self, person: Person, password_digest: str) -> None:
        self._account(person, provider_id="credential", account_id=person.id, password=password_digest)

    def link(self, person: Person, provider: str, account_id: str) -> None:
        self._account(person, provider_id=provider, account_id=account_id)

    def two_factor(self, person: Person, secret: str, backup_codes: str) -> None:
        values = {"id": f"tf_{person.id}", "user_id": person.id, "secret": secret, "backup_codes": backup_codes}
        self._insert("two_factor", values)

    def value(self, query: str, *arguments: object) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(query, arguments)
            row = cursor.fetchone()
        return row and row[0]

    def _account(self, person: Person, **columns: str) -> None:
        fixed = {"id": uuid.uuid4().hex, "user_id": person.id, "updated_at": "2026-01-01"}
        self._insert("accounts", fixed | columns)

    def _insert(self, table: str, values: dict[str, Any]) -> None:
        places = ", ".join(["%s"] * len(values))
        with self._connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", list(values.values()))
