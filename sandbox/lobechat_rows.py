"""LobeChat 2's rows as its sign-in reads and writes them: users, credentials, sessions."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

import bcrypt
import psycopg2

KEY = secrets.token_bytes(32)  # stands for AUTH_SECRET, with which cookies are signed
FIND = """
    SELECT u.id, (SELECT a.password FROM public.accounts AS a WHERE a.user_id = u.id AND a.provider_id = 'credential'),
           u.email_verified, coalesce(u.banned, false) AND (u.ban_expires IS NULL OR u.ban_expires > now())
    FROM public.users AS u WHERE u.email = %s"""
EMAIL_OF = "SELECT u.email FROM public.users AS u WHERE u.username = %s"
USER_OF = (
    "SELECT s.user_id FROM public.auth_sessions AS s WHERE s.token = %s AND s.expires_at > now() AT TIME ZONE 'UTC'"
)
BEGIN = """
    INSERT INTO public.auth_sessions (id, token, user_id, expires_at, updated_at)
    VALUES (%s, %s, %s, now() AT TIME ZONE 'UTC' + interval '7 days', now() AT TIME ZONE 'UTC')"""
END = "DELETE FROM public.auth_sessions WHERE token = %s"
REMEMBER = """
    INSERT INTO public.verifications (id, identifier, value, expires_at)
    VALUES (%s, %s, '{}', now() AT TIME ZONE 'UTC' + interval '10 minutes')"""
CONVERSATIONS = "SELECT s.id, s.title FROM public.sessions AS s WHERE s.user_id = %s ORDER BY s.updated_at DESC"


class Found(NamedTuple):
    """The user of an address."""

    id: str
    password: str | None  # the digest
    email_verified: bool
    banned: bool

    def fits(self, password: str) -> bool | None:
        """Whether this is the password; None for a digest of which LobeChat makes nothing."""
        digest = self.password or ""
        if digest.startswith(("$2a$", "$2b$")):
            return bcrypt.checkpw(password.encode()[:72], digest.encode())
        if not re.fullmatch("[0-9a-f]+:[0-9a-f]+", digest):
            return None
        salt, _, key = digest.partition(":")
        made = hashlib.scrypt(password.encode(), salt=salt.encode(), n=16384, r=16, p=1, dklen=64, maxmem=1 << 26)
        return hmac.compare_digest(made.hex(), key)


class LobeChatRows:
    """Reads and writes one database; each call on a connection of its own, so from any thread."""

    def __init__(self, url: str) -> None:
        self.url = url

    def find(self, email: str) -> Found | None:
        """The user whose address is exactly this."""
        row = self._one(FIND, email)
        return Found(*row) if row else None

    def email_of(self, username: str) -> str:
        """The address that goes with a user name; empty where there is none."""
        row = self._one(EMAIL_OF, username)
        return str(row[0] or "") if row else ""

    def user_of(self, token: str) -> str:
        """Whose session it is; empty where it is nobody's (any more)."""
        row = self._one(USER_OF, token)
        return str(row[0]) if row else ""

    def begin_session(self, user_id: str) -> str:
        """A new session's token."""
        token = secrets.token_urlsafe(24)
        self._run(BEGIN, secrets.token_urlsafe(24), token, user_id)
        return token

    def end_session(self, token: str) -> None:
        """Delete a session."""
        self._run(END, token)

    def remember_state(self) -> str:
        """Leave the row that a sign-in through a provider begins with."""
        state = secrets.token_urlsafe(24)
        self._run(REMEMBER, secrets.token_urlsafe(24), state)
        return state

    def conversations(self, user_id: str) -> list[tuple[str, str]]:
        """(id, title) of a user's conversations, the newest first."""
        with self._cursor() as cursor:
            cursor.execute(CONVERSATIONS, [user_id])
            return list(cursor.fetchall())

    def _one(self, statement: str, value: str) -> tuple[Any, ...] | None:
        with self._cursor() as cursor:
            cursor.execute(statement, [value])
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row

    def _run(self, statement: str, *values: str) -> None:
        with self._cursor() as cursor:
            cursor.execute(statement, values)

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        with closing(psycopg2.connect(self.url)) as connection, connection, connection.cursor() as cursor:
            yield cursor


def sign(token: str) -> str:
    """A cookie's value."""
    return f"{token}.{hmac.new(KEY, token.encode(), 'sha256').hexdigest()}"


def unsign(value: str) -> str:
    """The token of a cookie's value; empty where this server did not sign it."""
    token = value.rpartition(".")[0]
    return token if hmac.compare_digest(sign(token), value) else ""
