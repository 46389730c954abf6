"""The columns of LobeChat's tables that the job writes, and how Clerk's value is merged into a row that exists.

In the rules `s` is the user as Clerk has it (staged_users), `u` the row in LobeChat (all NULL where there is none yet)
and `l` the row as an earlier run left it (all NULL on the first).  A value that differs from what the job left is the
user's own and stays; that is added to every rule of a watched column by `merged`.
"""

from dataclasses import dataclass

CLERK_AVATAR = r"^https://(img|images)\.clerk\.(com|dev)/"


@dataclass(frozen=True)
class Column:
    """A column of `users`: its SQL type, and the rule that gives its new value."""

    name: str
    type: str
    rule: str
    watched: bool = True  # False: the rule itself sees to what LobeChat or the user changed
    held: str = ""  # SQL for LobeChat's value, in the form in which the job would have left it

    @property
    def in_lobechat(self) -> str:
        """SQL for LobeChat's value, to be held against what the job left."""
        return self.held or f"u.{self.name}"


def trimmed(text: str) -> str:
    """SQL for a text without the white space around it."""
    return f"btrim({text}, E' \\t\\n\\r')"


def moment(milliseconds: str) -> str:
    """SQL for the timestamptz that is `milliseconds` after 1970."""
    return f"(timestamptz 'epoch' + {milliseconds} * interval '1 millisecond')"


def utc_moment(milliseconds: str) -> str:
    """SQL for the same as a timestamp without time zone in UTC, as Better Auth's own tables hold it."""
    return f"(timestamp 'epoch' + {milliseconds} * interval '1 millisecond')"


# A ban follows Clerk but where LobeChat has its own word on it.  `w` is the last ban that the job itself set or lifted.
# Clerk tells a lockout's end in seconds from its answer: two exports differ a little over the same lockout.
_EXPIRES = moment("s.ban_expires_ms")
_SLACK = "interval '2 minutes'"
_KEEP_BAN = f"""CASE
    WHEN u.id IS NULL THEN false
    /* the same lockout, told a little later */
    WHEN u.banned AND s.banned AND u.ban_expires BETWEEN {_EXPIRES} - {_SLACK} AND {_EXPIRES} + {_SLACK} THEN true
    /* still as the job left it */
    WHEN w.id IS NOT NULL AND (u.banned, u.ban_reason, u.ban_expires)
        IS NOT DISTINCT FROM (w.new_banned, w.new_ban_reason, w.new_ban_expires) THEN false
    /* LobeChat changed or lifted what the job set, unless Clerk's ban is by now a harder one */
    WHEN w.new_banned THEN NOT (s.banned AND w.new_ban_expires IS NOT NULL
        AND (s.shut_out OR {_EXPIRES} > w.new_ban_expires + {_SLACK}))
    /* LobeChat's own, at least as hard as Clerk's */
    ELSE coalesce(u.banned, false) AND NOT s.shut_out
        AND (u.ban_expires IS NULL OR NOT s.banned OR u.ban_expires >= {_EXPIRES})
    END"""


def _ban(name: str, type_: str, clerk: str) -> Column:
    return Column(name, type_, f"CASE WHEN {_KEEP_BAN} THEN u.{name} ELSE {clerk} END", watched=False)


def _verified(flag: str, value: str, held: str) -> str:
    """The flag belongs to the address or number: it stays with LobeChat's own, and comes with Clerk's."""
    kept_value = f"l.id IS NOT NULL AND {held} IS DISTINCT FROM l.new_{value}"
    of_this_value = f"(l.id IS NULL OR l.new_{value} IS NOT DISTINCT FROM s.{value})"
    return f"""CASE
        WHEN s.{value} IS NULL OR {held} IS DISTINCT FROM s.{value} AND {kept_value} THEN u.{flag}
        WHEN {held} IS DISTINCT FROM s.{value} THEN s.{flag}
        WHEN l.id IS NOT NULL AND u.{flag} IS DISTINCT FROM l.new_{flag} THEN u.{flag}
        ELSE s.{flag} OR coalesce(u.{flag} AND {of_this_value}, false) END"""


_EMAIL_HELD = f"nullif(lower({trimmed('u.email')}), '')"
_EMAIL = f"CASE WHEN u.email = s.email THEN s.email ELSE {_EMAIL_HELD} END"  # the same, mostly without the work
# The flag stays on for a second factor that is not the job's, and where AUTH_SECRET is missing this time.
_KEEP_TWO_FACTOR = """u.two_factor_enabled AND (
    u.id IN (SELECT user_id FROM two_factor WHERE id <> 'tf_' || user_id)
    OR u.id IN (SELECT user_id FROM staged_two_factor WHERE codes IS NULL))"""

USER_COLUMNS = (
    Column("email", "text", f"coalesce(s.email, {_EMAIL_HELD})", held=_EMAIL_HELD),
    Column(
        "email_verified",
        "boolean",
        f"coalesce({_verified('email_verified', 'email', _EMAIL)}, false)",
        watched=False,
    ),
    Column("username", "text", "coalesce(s.username, nullif(u.username, ''))"),
    Column("first_name", "text", "coalesce(s.first_name, u.first_name)"),
    Column("last_name", "text", "coalesce(s.last_name, u.last_name)"),
    Column("full_name", "text", "coalesce(nullif(u.full_name, ''), s.full_name)"),
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
        _verified("phone_number_verified", "phone", "u.phone"),
        watched=False,
    ),
    Column("role", "text", "coalesce(u.role, 'user')", watched=False),
    _ban("banned", "boolean", "s.banned"),
    _ban("ban_reason", "text", "s.ban_reason"),
    _ban("ban_expires", "timestamptz", moment("s.ban_expires_ms")),
    Column(
        "two_factor_enabled",
        "boolean",
        f"s.two_factor_enabled OR coalesce({_KEEP_TWO_FACTOR}, false)",
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
    quickly = f"u.{column.name} IS DISTINCT FROM l.new_{column.name} AND " if column.held else ""
    return f"(l.id IS NOT NULL AND {quickly}{column.in_lobechat} IS DISTINCT FROM l.new_{column.name})"


def merged(column: Column) -> str:
    """SQL for the value that `column` should have."""
    if not column.watched:
        return column.rule
    return f"CASE WHEN {kept(column)} THEN {column.in_lobechat} ELSE {column.rule} END"
