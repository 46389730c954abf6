"""The columns of LobeChat's tables that the job writes, and how Clerk's value is merged into a row that exists.

In the rules `s` is the user as Clerk has it (staged_users), `u` the row in LobeChat (all NULL where there is none yet)
and `l` the row as an earlier run left it (all NULL on the first).  A value that differs from what the job left is the
user's own and stays; that is added to every rule by `merged`.
"""

from dataclasses import dataclass

CLERK_AVATAR = r"^https://(img|images)\.clerk\.(com|dev)/"


@dataclass(frozen=True)
class Column:
    """A column of `users`: its SQL type, and the rule that gives its new value."""

    name: str
    type: str
    rule: str
    watched: bool = True  # False: LobeChat's own value stays in any case, so a later change needs no watching


def moment(milliseconds: str) -> str:
    """SQL for the timestamptz that is `milliseconds` after 1970."""
    return f"(timestamptz 'epoch' + {milliseconds} * interval '1 millisecond')"


def utc_moment(milliseconds: str) -> str:
    """SQL for the same as a timestamp without time zone in UTC, as Better Auth's own tables hold it."""
    return f"(timestamp 'epoch' + {milliseconds} * interval '1 millisecond')"


_SAME_EMAIL = "lower(btrim(u.email)) = s.email"
# A ban that LobeChat holds is kept unless Clerk's is the harder one; a ban that the job wrote follows Clerk.
# Clerk tells a lockout's end in seconds from its answer: two exports differ a little over the same lockout.
_KEEP_BAN = """CASE
    WHEN u.id IS NULL THEN false
    WHEN u.banned AND s.banned AND u.ban_expires BETWEEN {expires} - interval '2 minutes'
        AND {expires} + interval '2 minutes' THEN true
    WHEN l.id IS NOT NULL THEN
        (u.banned, u.ban_reason, u.ban_expires) IS DISTINCT FROM (l.new_banned, l.new_ban_reason, l.new_ban_expires)
        AND NOT (s.shut_out AND NOT coalesce(l.new_banned, false))
    ELSE coalesce(u.banned, false) AND NOT s.shut_out
        AND (u.ban_expires IS NULL OR NOT s.banned OR u.ban_expires >= {expires})
    END""".format(expires=moment("s.ban_expires_ms"))


def _ban(name: str, type_: str, clerk: str) -> Column:
    return Column(name, type_, f"CASE WHEN {_KEEP_BAN} THEN u.{name} ELSE {clerk} END", watched=False)


USER_COLUMNS = (
    Column("email", "text", "coalesce(s.email, nullif(lower(btrim(u.email)), ''))"),
    Column(
        "email_verified",
        "boolean",
        "CASE WHEN s.email IS NULL THEN coalesce(u.email_verified, false)"
        f" ELSE s.email_verified OR coalesce(u.email_verified AND {_SAME_EMAIL}, false) END",
    ),
    Column("username", "text", "coalesce(s.username, nullif(u.username, ''))"),
    Column("first_name", "text", "coalesce(s.first_name, u.first_name)"),
    Column("last_name", "text", "coalesce(s.last_name, u.last_name)"),
    Column("full_name", "text", "coalesce(nullif(u.full_name, ''), s.full_name)", watched=False),
    Column(
        "avatar",
        "text",
        f"CASE WHEN nullif(u.avatar, '') IS NULL OR u.avatar ~ '{CLERK_AVATAR}'"
        " THEN coalesce(s.avatar, u.avatar) ELSE u.avatar END",
    ),
    Column("phone", "text", "coalesce(s.phone, nullif(btrim(u.phone), ''))"),
    Column(
        "phone_number_verified",
        "boolean",
        "CASE WHEN s.phone IS NULL THEN u.phone_number_verified"
        " ELSE s.phone_number_verified OR coalesce(u.phone_number_verified AND u.phone = s.phone, false) END",
    ),
    Column("role", "text", "coalesce(u.role, 'user')", watched=False),
    _ban("banned", "boolean", "s.banned"),
    _ban("ban_reason", "text", "s.ban_reason"),
    _ban("ban_expires", "timestamptz", moment("s.ban_expires_ms")),
    Column(
        "two_factor_enabled",
        "boolean",
        "CASE WHEN l.id IS NULL THEN s.two_factor_enabled OR coalesce(u.two_factor_enabled, false)"
        " ELSE s.two_factor_enabled END",
    ),
    Column(
        "clerk_created_at", "timestamptz", f"coalesce(u.clerk_created_at, {moment('s.created_at_ms')})", watched=False
    ),
)

# Set once, when a row is new; a row that exists keeps its own.
INSERT_COLUMNS = {
    "created_at": moment("s.created_at_ms"),
    "updated_at": moment("s.updated_at_ms"),
    "last_active_at": moment("s.last_active_at_ms"),
    "accessed_at": moment("s.last_active_at_ms"),
}

UNIQUE_USER_COLUMNS = ("email", "username", "phone")

ACCOUNT_COLUMNS = ("id", "user_id", "provider_id", "account_id", "scope", "password", "created_at", "updated_at")
# What makes an account row "as the job left it"; the tokens and times that Better Auth keeps there do not.
ACCOUNT_IDENTITY = ("provider_id", "account_id", "scope", "password")
TWO_FACTOR_COLUMNS = ("id", "user_id", "secret", "backup_codes")
TWO_FACTOR_IDENTITY = ("secret", "backup_codes")


def listed(names: tuple[str, ...], prefix: str = "") -> str:
    """`prefix`a, `prefix`b, ... for a SELECT or INSERT list."""
    return ", ".join(prefix + name for name in names)


def fingerprint(columns: tuple[str, ...], prefix: str) -> str:
    """SQL for the SHA-256 of a row's identity: the ledger tells a touched row without holding its secrets."""
    return f"sha256(convert_to(ROW({listed(columns, prefix)})::text, 'UTF8'))"


def version(row: str, *, versions: bool) -> str:
    """SQL for the version of a table's row: the transaction that wrote it.  Views have none, so there it is NULL."""
    return f"{row}.xmin" if versions else "NULL::xid"


def kept(column: Column) -> str:
    """SQL that is true where LobeChat or the user changed `column` after an earlier run."""
    return f"(l.id IS NOT NULL AND u.{column.name} IS DISTINCT FROM l.new_{column.name})"


def merged(column: Column) -> str:
    """SQL for the value that `column` should have."""
    if not column.watched:
        return column.rule
    return f"CASE WHEN {kept(column)} THEN u.{column.name} ELSE {column.rule} END"
