"""LobeChat's database before the migration: at revision 0040 (LobeChat 1.143), full of users, chats and files."""

import csv
import hashlib
import io
from collections.abc import Iterable
from contextlib import closing
from functools import cache
from itertools import islice
from typing import Any

import psycopg2
import sqlalchemy as sa
from psycopg2.extensions import make_dsn, parse_dsn
from psycopg2.extras import execute_values
from sqlalchemy.pool import NullPool

import schema
from sandbox.kinds import Kind
from sandbox.population import Person

LOBECHAT_1 = "0040"  # LobeChat 1.143.3, the last that signs users in with Clerk
NEW_PASSWORD = "a password set in LobeChat"  # noqa: S105 - of the kind PASSWORD_SET_SINCE, in a database of LobeChat 2
SINCE = {Kind.ADMINISTRATOR, Kind.LINKED_SINCE, Kind.PASSWORD_SET_SINCE}  # did something in LobeChat 2
CHUNK = 2_000
USER_COLUMNS = ("id", "email", "username", "phone", "first_name", "last_name", "avatar", "full_name", "created_at_ms")

STAGED = """
    CREATE TEMPORARY TABLE staged (id text, email text, username text, phone text, first_name text, last_name text,
                                   avatar text, full_name text, created_at_ms bigint) ON COMMIT DROP"""
COPIED = """
    COPY staged FROM STDIN (FORMAT csv, FORCE_NOT_NULL (email), FORCE_NULL (username, phone, full_name))"""
# Before revision 0054 any number of users may have the empty address, afterwards one.
USERS = """
    INSERT INTO users (id, email, username, phone, first_name, last_name, avatar, full_name, is_onboarded, preference,
                       clerk_created_at, created_at, updated_at, accessed_at)
    SELECT id, CASE WHEN email > '' OR %(several)s OR id = min(id) FILTER (WHERE email = '') OVER () THEN email END,
           username, phone, first_name, last_name, avatar, full_name, true, '{}', moment, moment, moment, moment
    FROM staged, LATERAL (SELECT timestamptz 'epoch' + created_at_ms * interval '1 millisecond' AS moment) m"""

# What hangs on the users: each has settings, three in four a chat, some a file.
CHATS = """
    INSERT INTO user_settings (id, general) SELECT id, '{"themeMode": "dark"}' FROM users;
    CREATE TEMPORARY TABLE chatting ON COMMIT DROP AS SELECT id FROM users WHERE hashtext(id) & 3 <> 0;
    INSERT INTO sessions (id, slug, user_id, title) SELECT 'ssn_' || id, 'inbox', id, 'Just chat' FROM chatting;
    INSERT INTO agents (id, user_id, title, model, provider)
        SELECT 'agt_' || id, id, 'An agent', 'gpt-4o-mini', 'openai' FROM chatting;
    INSERT INTO agents_to_sessions (agent_id, session_id, user_id)
        SELECT 'agt_' || id, 'ssn_' || id, id FROM chatting;
    INSERT INTO topics (id, title, session_id, user_id) SELECT 'tpc_' || id, 'A topic', 'ssn_' || id, id FROM chatting;
    INSERT INTO messages (id, role, content, session_id, topic_id, user_id)
        SELECT 'msg_' || id || '_' || n, CASE n %% 2 WHEN 1 THEN 'user' ELSE 'assistant' END,
               'Message number ' || n || ' of a chat that must outlive the migration.', 'ssn_' || id, 'tpc_' || id, id
        FROM chatting, generate_series(1, 4) n;
    INSERT INTO files (id, user_id, file_type, name, size, url)
        SELECT 'file_' || id, id, 'text/plain', 'notes.txt', 12, 'files/' || id || '/notes.txt'
        FROM chatting WHERE hashtext(id) & 15 = 1;
    INSERT INTO messages_files (file_id, message_id, user_id)
        SELECT id, 'msg_' || user_id || '_1', user_id FROM files"""
ACCOUNTS = """
    INSERT INTO accounts (id, user_id, provider_id, account_id, password, updated_at) VALUES %s"""


def create_lobechat(url: str, revision: str = LOBECHAT_1) -> None:
    """Bring an empty database to a revision of LobeChat."""
    dsn = make_dsn(**parse_dsn(url))
    engine = sa.create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(dsn), poolclass=NullPool)
    with schema.reading(engine, "the sandbox") as connection:
        state = schema.look(connection, action="create", target=revision, pg_search="skip")
    schema.apply(engine, state)


def has_users(url: str) -> bool:
    """Whether LobeChat's tables are there and hold a user."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        if not _has_table(cursor, "users"):
            return False
        cursor.execute("SELECT FROM users LIMIT 1")
        return cursor.rowcount > 0


def fill_lobechat(url: str, people: Iterable[Person], *, chats: bool = True) -> int:
    """COPY the users whom LobeChat knows, and chats, files and settings of theirs; returns how many users.

    Where the database is LobeChat 2's, administrators have their role, and those of the kinds LINKED_SINCE and
    PASSWORD_SET_SINCE have signed in to it.
    """
    users = 0
    active: list[Person] = []
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(STAGED)
        known = (person for person in people if person.lobechat is not None)
        while chunk := list(islice(known, CHUNK)):
            users += len(chunk)
            active += [person for person in chunk if person.kind in SINCE]
            cursor.copy_expert(COPIED, _csv(person.lobechat for person in chunk if person.lobechat))
        is_lobechat_2 = _has_table(cursor, "two_factor")
        cursor.execute(USERS, {"several": not is_lobechat_2})
        if chats:
            cursor.execute(CHATS, {})
        if is_lobechat_2:
            _use_lobechat_2(cursor, active)
    return users


def promote_administrators(url: str, people: Iterable[Person]) -> None:
    """Give administrators their role, which LobeChat has from revision 0053 on."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        _promote(cursor, people)


def _use_lobechat_2(cursor: Any, people: Iterable[Person]) -> None:
    """Do what the users did who came to LobeChat 2 before the migration."""
    people = list(people)
    _promote(cursor, people)
    rows: list[tuple[str | None, ...]] = []
    for person in people:
        row = f"since{person.number:027}"  # Better Auth's own ids have 32 characters
        if person.kind is Kind.LINKED_SINCE and person.api:
            account = person.api["external_accounts"][0]["provider_user_id"]
            rows.append((row, person.id, "google", account, None, "2026-01-01"))
        elif person.kind is Kind.PASSWORD_SET_SINCE:
            rows.append((row, person.id, "credential", person.id, better_auth_digest(NEW_PASSWORD), "2026-01-01"))
    if rows:
        execute_values(cursor, ACCOUNTS, rows)


def _promote(cursor: Any, people: Iterable[Person]) -> None:
    ids = [person.id for person in people if person.kind is Kind.ADMINISTRATOR]
    cursor.execute("UPDATE users SET role = 'admin' WHERE id = ANY(%s)", [ids])


@cache
def better_auth_digest(password: str) -> str:
    """Better Auth's own digest of a password (1.4.6 and 1.6.15): scrypt, as `salt:key` in hexadecimal."""
    salt = hashlib.sha256(password.encode()).hexdigest()[:32]
    key = hashlib.scrypt(password.encode(), salt=salt.encode(), n=16384, r=16, p=1, dklen=64, maxmem=1 << 26)
    return f"{salt}:{key.hex()}"


def _has_table(cursor: Any, name: str) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{name}"])
    return bool(cursor.fetchone()[0])


def _csv(rows: Iterable[dict[str, Any]]) -> io.StringIO:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows([row[name] for name in USER_COLUMNS] for row in rows)
    buffer.seek(0)
    return buffer
