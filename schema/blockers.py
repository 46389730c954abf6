"""What would break an upgrade half-way, looked for before the first statement.  Nothing is written here."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schema import journal
from schema.errors import DuplicatesError, UnsuitableDatabaseError
from schema.structure import structure_at

MERGE = "merge or correct these users in LobeChat, then run again"
PREPARE = "prepare the database, then run again; nothing was changed"
SHOWN_IDS = 20

# Revision 0054 turns the empty email into NULL and makes the others unique; 0055 makes every phone unique.
DUPLICATES = (
    ("0054", "email", "have the same email", "nullif(email, '')", "email"),
    ("0054", "email", "have emails that differ only in case or blanks", "nullif(lower(btrim(email)), '')", "email"),
    ("0055", "phone", "have the same phone", "phone", "phone"),
    ("0055", "phone", "have phones that differ only in blanks", "nullif(btrim(phone), '')", "phone"),
)
SAME = """
    SELECT array_agg(id ORDER BY id) FROM public.users WHERE {key} IS NOT NULL
    GROUP BY {key} HAVING count(*) > 1 AND (count(DISTINCT {column}) > 1) = {differ} ORDER BY 1"""

# The extension is made by its revision if it is at hand and this role may; a version before 0.5 has no HNSW indexes.
PGVECTOR = """
    SELECT a.installed_version, a.default_version, NOT v.superuser OR r.rolsuper
           OR (v.trusted AND has_database_privilege(current_database(), 'CREATE'))
    FROM pg_available_extensions a
    JOIN pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
    JOIN pg_roles r ON r.rolname = current_user
    WHERE a.name = 'vector'"""
HNSW_SINCE = (0, 5)

NOT_OWNED = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND relname = ANY(:tables) AND NOT pg_has_role(relowner, 'USAGE') ORDER BY 1"""
MAY_CREATE = "SELECT has_schema_privilege('public', 'CREATE')"
MAY_CREATE_SCHEMA = "SELECT has_database_privilege(current_database(), 'CREATE')"
MAY_CREATE_JOURNAL = "SELECT has_schema_privilege('drizzle', 'CREATE')"
MAY_WRITE_JOURNAL = f"""
    SELECT has_table_privilege('{journal.TABLE}', 'INSERT') AND has_table_privilege('{journal.TABLE}', 'UPDATE')
       AND has_sequence_privilege(pg_get_serial_sequence('{journal.TABLE}', 'id'), 'USAGE')"""
READ_ONLY = "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean"


def find_blockers(connection: Connection, plan: Sequence[str], revision: str | None) -> None:
    """Raise UnsuitableDatabaseError or DuplicatesError if a revision of `plan` could not run.

    The error's `details` hold every reason.
    """
    if not plan:
        return
    reasons = [
        *_read_only(connection),
        *_missing_privileges(connection, revision),
        *_missing_pgvector(connection, plan),
    ]
    if reasons:
        raise UnsuitableDatabaseError(
            f"the schema cannot be upgraded: {reasons[0]}", hint=PREPARE, details=tuple(reasons)
        )
    clashes = tuple(_duplicates(connection, plan)) if revision is not None else ()
    if clashes:
        raise DuplicatesError(f"the schema cannot be upgraded: {clashes[0]}", hint=MERGE, details=clashes)


def _read_only(connection: Connection) -> Iterator[str]:
    if connection.scalar(sa.text(READ_ONLY)):
        yield "this server is a read-only replica or set to read-only: connect to the primary server"


def _missing_privileges(connection: Connection, revision: str | None) -> Iterator[str]:
    if not connection.scalar(sa.text(MAY_CREATE)):
        yield "this role may not create tables: GRANT CREATE ON SCHEMA public, or connect as the tables' owner"
    tables = list(structure_at(revision).tables)
    foreign = connection.scalars(sa.text(NOT_OWNED), {"tables": tables}).all()
    if foreign:
        yield f"this role does not own {len(foreign)} tables (the first: {foreign[0]}): connect as their owner"
    yield from _missing_journal_privileges(connection)


def _missing_journal_privileges(connection: Connection) -> Iterator[str]:
    if connection.scalar(sa.text("SELECT to_regnamespace('drizzle')")) is None:
        if not connection.scalar(sa.text(MAY_CREATE_SCHEMA)):
            yield "this role may not create the schema drizzle: GRANT CREATE ON DATABASE"
    elif not journal.exists(connection):
        if not connection.scalar(sa.text(MAY_CREATE_JOURNAL)):
            yield "this role may not create LobeChat's journal: GRANT CREATE ON SCHEMA drizzle"
    elif not connection.scalar(sa.text(MAY_WRITE_JOURNAL)):
        yield f"this role may not write LobeChat's journal: GRANT INSERT, UPDATE ON {journal.TABLE} and its sequence"


def _missing_pgvector(connection: Connection, plan: Sequence[str]) -> Iterator[str]:
    if "vector" not in structure_at(plan[-1]).extensions:
        return
    found = connection.execute(sa.text(PGVECTOR)).one_or_none()
    if found is None:
        yield "the extension pgvector is missing: install it on the database server"
        return
    installed, default, allowed = found
    if installed is None and not allowed:
        yield "this role may not create the extension: have an administrator run CREATE EXTENSION vector"
    version = tuple(int(part) for part in (installed or default).split(".")[:2])
    if version < HNSW_SINCE:
        yield f"pgvector {installed or default} is too old: install 0.5 or later, then ALTER EXTENSION vector UPDATE"


def _duplicates(connection: Connection, plan: Sequence[str]) -> Iterator[str]:
    for revision, column, what, key, raw in DUPLICATES:
        if revision not in plan:
            continue
        differ = "differ" in what
        for ids in connection.scalars(sa.text(SAME.format(key=key, column=raw, differ=str(differ)))):
            shown = ", ".join(ids[:SHOWN_IDS]) + (f" and {len(ids) - SHOWN_IDS} more" if len(ids) > SHOWN_IDS else "")
            yield f"users {shown} {what} (revision {revision} makes {column} unique)"
