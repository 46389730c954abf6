"""LobeChat's database before the migration: at revision 0040 (LobeChat 1.143), full of users, chats and files."""

import csv
import io
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from typing import Any

import psycopg2
import sqlalchemy as sa
from psycopg2.extensions import make_dsn, parse_dsn
from sqlalchemy.pool import NullPool

import schema
from sandbox.population import Person

LOBECHAT_1 = "0040"  # LobeChat 1.143.3, the last that signs users in with Clerk
CHUNK = 10_000
USER_COLUMNS = ("id", "email", "username", "phone", "first_name", "last_name", "avatar", "full_name", "created_at_ms")

# What hangs on the users: each has settings, most a chat, some a file.
CHATS = (
    'INSERT INTO user_settings (id, general) SELECT id, \'{"themeMode": "dark"}\' FROM users',
    """INSERT INTO sessions (id, slug, user_id, title)
       SELECT 'ssn_' || id, 'inbox', id, 'A chat' FROM users WHERE {some}""",
    "INSERT INTO agents (id, user_id, title) SELECT 'agt_' || id, id, 'An agent' FROM users WHERE {some}",
    """INSERT INTO agents_to_sessions (agent_id, session_id, user_id)
       SELECT 'agt_' || id, 'ssn_' || id, id FROM users WHERE {some}""",
    """INSERT INTO topics (id, title, session_id, user_id)
       SELECT 'tpc_' || id, 'A topic', 'ssn_' || id, id FROM users WHERE {some}""",
    """INSERT INTO messages (id, role, content, session_id, topic_id, user_id)
       SELECT 'msg_' || id || n, CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END, 'A message', 'ssn_' || id,
              'tpc_' || id, id FROM users, generate_series(1, 3) n WHERE {some}""",
    """INSERT INTO files (id, user_id, file_type, name, size, url)
       SELECT 'file_' || id, id, 'text/plain', 'notes.txt', 12, 'files/notes.txt' FROM users WHERE {few}""",
)
SOME = "hashtext(id) % 3 = 0"
FEW = "hashtext(id) % 20 = 0"


def create_lobechat(url: str, revision: str = LOBECHAT_1) -> None:
    """Bring an empty database to a revision of LobeChat."""
    dsn = make_dsn(**parse_dsn(url))
    engine = sa.create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(dsn), poolclass=NullPool)
    schema.run_check(engine, action="create", target=revision)


def fill_lobechat(url: str, people: Iterable[Person], *, chats: bool = True) -> int:
    """COPY the users whom LobeChat knows, and chats, files and settings of theirs; returns how many users."""
    users = 0
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE staged (LIKE users) ON COMMIT DROP; ALTER TABLE staged ADD created_at_ms bigint;"
            "DO $$ DECLARE c text; BEGIN FOR c IN SELECT attname FROM pg_attribute WHERE attrelid = 'staged'::regclass"
            " AND attnotnull AND attnum > 0 LOOP EXECUTE format('ALTER TABLE staged ALTER %I DROP NOT NULL', c);"
            " END LOOP; END $$"
        )
        known = iter(person.lobechat for person in people if person.lobechat is not None)
        while chunk := list(islice(known, CHUNK)):
            users += len(chunk)
            cursor.copy_expert(
                f"COPY staged ({', '.join(USER_COLUMNS)}) FROM STDIN"
                " (FORMAT csv, FORCE_NOT_NULL (email), FORCE_NULL (username, phone, full_name))",
                _csv(chunk),
            )
        moment = "timestamptz 'epoch' + created_at_ms * interval '1 millisecond'"
        copied = ", ".join(name for name in USER_COLUMNS if name not in {"created_at_ms", "email"})
        email = "email" if _is_at_lobechat_1(cursor) else "nullif(email, '')"
        cursor.execute(
            f"INSERT INTO users ({copied}, email, is_onboarded, preference, clerk_created_at, created_at, updated_at,"
            f" accessed_at) SELECT {copied}, {email}, true, '{{}}', {moment}, {moment}, {moment}, {moment} FROM staged"
        )
        for statement in CHATS if chats else ():
            cursor.execute(
                statement.format(some=SOME, few=FEW) if "{some}" in statement or "{few}" in statement else statement
            )
    return users


def _is_at_lobechat_1(cursor: Any) -> bool:
    """Whether several users may still have the empty address, as before revision 0054."""
    cursor.execute("SELECT to_regclass('two_factor') IS NULL")
    return bool(cursor.fetchone()[0])


def _csv(rows: list[dict[str, Any]]) -> io.StringIO:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows([row[name] for name in USER_COLUMNS] for row in rows)
    buffer.seek(0)
    return buffer
