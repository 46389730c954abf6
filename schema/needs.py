"""What the job reads and writes: the columns that a database must have, of the type they have in LobeChat 2.0."""

from collections.abc import Iterator

from schema.journal import PIN
from schema.structure import Structure, structure_at

NEEDED = {
    "users": (
        *("id", "email", "email_verified", "username", "first_name", "last_name", "full_name", "avatar", "phone"),
        *("phone_number_verified", "role", "banned", "ban_reason", "ban_expires", "two_factor_enabled"),
        *("clerk_created_at", "created_at", "updated_at", "last_active_at", "normalized_email"),
    ),
    "accounts": ("id", "user_id", "provider_id", "account_id", "scope", "password", "created_at", "updated_at"),
    "two_factor": ("id", "user_id", "secret", "backup_codes"),
}


def unmet_needs(found: Structure) -> tuple[str, ...]:
    """Name, one line each, what stands in the way of the job's writes; nothing when it can do its work."""
    return tuple(line for table in NEEDED for line in _unmet(table, found))


def _unmet(table: str, found: Structure) -> Iterator[str]:
    wanted = structure_at(PIN).tables[table]["columns"]
    columns = found.tables.get(table, {}).get("columns", {})
    if not columns:
        yield f"table {table} is missing"
        return
    for name in NEEDED[table]:
        want, have = wanted[name], columns.get(name)
        if have is None:
            yield f"{table}.{name} is missing"
        elif have["type"] != want["type"]:
            yield f"{table}.{name} is {have['type']}, not {want['type']}"
        elif want["nullable"] and not have["nullable"]:
            yield f"{table}.{name} must not be NULL any more"
    for name, column in columns.items():
        if name not in NEEDED[table] and not (column["nullable"] or "default" in column or "identity" in column):
            yield f"{table}.{name} is new, has no default and must be filled"
