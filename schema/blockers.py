"""What would break an upgrade half-way, looked for before the first statement.  Nothing is written here."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schema import journal
from schema.errors import DuplicatesError, UnsuitableDatabaseError
from schema.structure import structure_at, touched_tables
from schema.verdict import SchemaState

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

# Revision 0034 makes messages.role a varchar(255).
LONG_ROLES = """
    SELECT id, count(*) OVER () FROM public.messages WHERE length(role) > 255 ORDER BY id LIMIT :shown"""

# An extension is made by its revision if it is at hand and this role may.
EXTENSION = """
    SELECT a.installed_version, a.default_version, NOT v.superuser OR r.rolsuper
           OR (v.trusted AND has_database_privilege(current_database(), 'CREATE'))
    FROM pg_available_extensions a
    JOIN pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
    JOIN pg_roles r ON r.rolname = current_user
    WHERE a.name = :name"""
HNSW_SINCE = (0, 5)  # the version of pgvector that has the indexes of 0037
PRELOADED_SINCE = (0, 23)  # the version of pg_search that works only where the server loads it at its start
PG_SEARCH_WAYS = (
    "use ParadeDB's image or install pg_search; or set CLERK_TO_BETTERAUTH_PG_SEARCH=skip and LobeChat's"
    " FTS_SEARCH_PROVIDER to pg_like or elasticsearch; or take a target up to 0089 (docs/pg-search.md)"
)
# No row for a role that may not read it.
PRELOADED = "SELECT setting FROM pg_settings WHERE name = 'shared_preload_libraries'"

NOT_OWNED = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND relname = ANY(:tables) AND NOT pg_has_role(relowner, 'USAGE') ORDER BY 1"""
MAY_CREATE = "SELECT has_schema_privilege('public', 'CREATE')"
MAY_CREATE_SCHEMA = "SELECT has_database_privilege(current_database(), 'CREATE')"
MAY_CREATE_JOURNAL = "SELECT has_schema_privilege('drizzle', 'CREATE')"
MAY_WRITE_JOURNAL = f"""
    SELECT has_table_privilege('{journal.TABLE}', 'INSERT') AND has_table_privilege('{journal.TABLE}', 'UPDATE')
       AND has_sequence_privilege(pg_get_serial_sequence('{journal.TABLE}', 'id'), 'USAGE')"""
REPLICA = "SELECT pg_is_in_recovery()"
READ_ONLY = "SELECT current_setting('default_transaction_read_only')::boolean"


def find_blockers(connection: Connection, state: SchemaState) -> None:
    """Raise UnsuitableDatabaseError or DuplicatesError if a revision of the plan could not run.

    The error's `details` hold every reason.
    """
    plan = [step for step in state.plan if step not in state.recorded]
    reasons = [*_read_only(connection), *_missing_privileges(connection, state)]
    if plan:
        reasons += [*_missing_pgvector(connection, plan), *_missing_pg_search(connection, plan)]
        reasons += _long_roles(connection, plan) if state.revision is not None else ()
    if reasons:
        raise UnsuitableDatabaseError(
            f"the schema cannot be upgraded: {reasons[0]}", hint=PREPARE, details=tuple(reasons)
        )
    clashes = tuple(_duplicates(connection, plan)) if state.revision is not None else ()
    if clashes:
        raise DuplicatesError(f"the schema cannot be upgraded: {clashes[0]}", hint=MERGE, details=clashes)


def _read_only(connection: Connection) -> Iterator[str]:
    if connection.scalar(sa.text(REPLICA)):
        yield "this server is a read-only replica: connect to the primary server"
    elif connection.scalar(sa.text(READ_ONLY)):
        yield (
            "default_transaction_read_only is on for this server, database or role:"
            " ALTER ROLE … SET default_transaction_read_only = off (or ALTER DATABASE …) for the time of the upgrade"
        )


def _missing_privileges(connection: Connection, state: SchemaState) -> Iterator[str]:
    if state.plan and not connection.scalar(sa.text(MAY_CREATE)):
        yield "this role may not create tables: GRANT CREATE ON SCHEMA public, or connect as the tables' owner"
    tables = {*structure_at(state.revision).tables}.union(*map(touched_tables, state.plan))
    foreign = connection.scalars(sa.text(NOT_OWNED), {"tables": sorted(tables)}).all() if state.plan else []
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


def _missing_pgvector(connection: Connection, plan: list[str]) -> Iterator[str]:
    if "vector" not in structure_at(plan[-1]).extensions:
        return
    found = connection.execute(sa.text(EXTENSION), {"name": "vector"}).one_or_none()
    if found is None:
        yield "the extension pgvector is missing: install it on the database server"
        return
    installed, default, allowed = found
    if installed is None and not allowed:
        yield "this role may not create the extension: have an administrator run CREATE EXTENSION vector"
    if _version(installed or default) < HNSW_SINCE:
        yield f"pgvector {installed or default} is too old: install 0.5 or later, then ALTER EXTENSION vector UPDATE"


def _missing_pg_search(connection: Connection, plan: list[str]) -> Iterator[str]:
    needed = [step for step in journal.NEED_PG_SEARCH if step in plan]
    if not needed:
        return
    found = connection.execute(sa.text(EXTENSION), {"name": "pg_search"}).one_or_none()
    if found is None:
        yield f"revision {needed[0]} needs ParadeDB's extension pg_search, which this server lacks: {PG_SEARCH_WAYS}"
        return
    installed, default, allowed = found
    if installed is None and not allowed:
        yield "this role may not create the extension: have an administrator run CREATE EXTENSION pg_search"
    preloaded = connection.scalar(sa.text(PRELOADED))
    if _version(installed or default) >= PRELOADED_SINCE and preloaded is not None and "pg_search" not in preloaded:
        version = installed or default
        yield f"pg_search {version} has to be in the server's shared_preload_libraries: add it, and restart the server"


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdigit())


def _long_roles(connection: Connection, plan: list[str]) -> Iterator[str]:
    if "0034" not in plan:
        return
    found = connection.execute(sa.text(LONG_ROLES), {"shown": SHOWN_IDS}).all()
    if found:
        rows = _shown([row[0] for row in found], found[0][1])
        yield f"messages.role is longer than 255 characters, which revision 0034 allows: shorten it in messages {rows}"


def _duplicates(connection: Connection, plan: list[str]) -> Iterator[str]:
    for revision, column, what, key, raw in DUPLICATES:
        if revision not in plan:
            continue
        differ = "differ" in what
        for ids in connection.scalars(sa.text(SAME.format(key=key, column=raw, differ=str(differ)))):
            yield f"users {_shown(ids, len(ids))} {what} (revision {revision} makes {column} unique)"


def _shown(ids: list[str], number: int) -> str:
    return ", ".join(ids[:SHOWN_IDS]) + (f" and {number - SHOWN_IDS} more" if number > SHOWN_IDS else "")
