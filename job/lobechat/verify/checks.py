"""Verify: is the database as the migration promised?  Reads only; works right after it or days later.

The plan is made once more from Clerk's users: where everything arrived, nothing is left to write.  The ledger is read
back row by row.  And what would bar a sign-in is sought in the tables themselves, whoever wrote it.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.columns import (
    ACCOUNT_IDENTITY,
    TWO_FACTOR_IDENTITY,
    USER_COLUMNS,
    fingerprint,
    listed,
    trimmed,
)
from job.lobechat.ledger import ledger

_NAMES = tuple(column.name for column in USER_COLUMNS)
_AS_LEFT = f"ROW({listed(_NAMES, 'u.')}) IS NOT DISTINCT FROM ROW({listed(_NAMES, 'l.new_')})"


@dataclass(frozen=True)
class Check:
    """One thing that must hold: `count` says how many rows offend, `examples` are ids of such users."""

    name: str
    meaning: str
    count: int
    examples: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether no row offends."""
        return self.count == 0


# name, meaning, SELECT of the user ids of the offending rows
_IN_SCOPE = "p.action NOT IN ('conflict', 'skipped') AND p.row_action <> 'deleted'"
INVARIANTS: tuple[tuple[str, str, str], ...] = (
    (
        "users.complete",
        "every user in scope is in LobeChat, each field as Clerk or LobeChat has it",
        f"SELECT p.id FROM plan_users p WHERE {_IN_SCOPE} AND p.row_action IN ('insert', 'update')",
    ),
    (
        "accounts.complete",
        "every link and password in scope is in LobeChat",
        "SELECT user_id FROM plan_accounts WHERE action IN ('insert', 'update')",
    ),
    (
        "two_factor.complete",
        "every second factor in scope is in LobeChat",
        "SELECT user_id FROM plan_two_factor WHERE action IN ('insert', 'update')",
    ),
    (
        "accounts.linked_once",
        "no two rows link the same account of a provider",
        (
            "SELECT min(user_id) FROM accounts WHERE provider_id <> 'credential'"
            " GROUP BY provider_id, account_id HAVING count(*) > 1"
        ),
    ),
    (
        "accounts.one_credential",
        "no user has two credentials",
        "SELECT user_id FROM accounts WHERE provider_id = 'credential' GROUP BY user_id HAVING count(*) > 1",
    ),
    (
        "accounts.not_dangling",
        "every link, password and second factor belongs to a user",
        (
            "SELECT user_id FROM accounts a WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = a.user_id)"
            " UNION ALL SELECT user_id FROM two_factor t WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = t.user_id)"
        ),
    ),
    (
        "emails.matchable",
        "the address of every user in scope is one that a sign-in finds",
        (
            f"SELECT p.id FROM plan_users p JOIN users u USING (id) WHERE {_IN_SCOPE}"
            f" AND (u.email = '' OR u.email <> lower({trimmed('u.email')}))"
        ),
    ),
    (
        "passwords.checkable",
        "every password that the job wrote is one that LobeChat can check",
        (
            "SELECT a.user_id FROM plan_accounts p JOIN accounts a ON a.id = p.id"
            " WHERE p.provider_id = 'credential' AND p.action IN ('insert', 'update', 'unchanged')"
            " AND p.held_id = p.id AND a.password = p.password AND a.password !~ '^[$]2[ab][$]'"
        ),
    ),
    (
        "bans.kept",
        "nobody who was shut out at Clerk can sign in",
        (
            f"SELECT p.id FROM plan_users p JOIN users u USING (id) JOIN staged_users s USING (id) WHERE {_IN_SCOPE}"
            " AND s.shut_out AND NOT p.kept AND p.new_banned AND NOT coalesce(u.banned, false)"
        ),
    ),
)

_MISCOUNTED = " OR ".join(
    f"coalesce((b.touched -> '{ledger.SCHEMA}.{table}' ->> 0)::bigint, 0)"
    f" <> (SELECT count(*) FROM {ledger.SCHEMA}.{table} l WHERE l.batch_id = b.id)"
    for table in ("users", "accounts", "two_factor")
)

# What this run wrote must still be there; a row of an earlier run may have been deleted in LobeChat since.
LEDGER: tuple[tuple[str, str, str], ...] = (
    (
        "ledger.users",
        "every user that this run wrote is there",
        f"""SELECT l.id FROM left_users l JOIN {ledger.SCHEMA}.batches b ON b.id = l.batch_id AND b.run_id = :run_id
            WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = l.id)""",
    ),
    (
        "ledger.accounts",
        "every link and password that this run wrote is there",
        f"""SELECT l.user_id FROM left_accounts l
            JOIN {ledger.SCHEMA}.batches b ON b.id = l.batch_id AND b.run_id = :run_id
            WHERE NOT EXISTS (SELECT FROM accounts a WHERE a.id = l.id AND a.user_id = l.user_id)""",
    ),
    (
        "ledger.two_factor",
        "every second factor that this run wrote is there",
        f"""SELECT l.user_id FROM left_two_factor l
            JOIN {ledger.SCHEMA}.batches b ON b.id = l.batch_id AND b.run_id = :run_id
            WHERE NOT EXISTS (SELECT FROM two_factor t WHERE t.id = l.id AND t.user_id = l.user_id)""",
    ),
    (
        "ledger.batches",
        "every batch touched users, accounts, two_factor and the job's own tables alone, in the numbers recorded",
        f"""SELECT b.id::text FROM {ledger.SCHEMA}.batches b
            WHERE EXISTS (SELECT FROM jsonb_object_keys(b.touched) AS t(name) WHERE t.name NOT IN
                ('public.users', 'public.accounts', 'public.two_factor', '{ledger.SCHEMA}.users',
                 '{ledger.SCHEMA}.accounts', '{ledger.SCHEMA}.two_factor', '{ledger.SCHEMA}.batches'))
            OR {_MISCOUNTED}""",
    ),
)

# No failure, but good to know: rows of the ledger that LobeChat or their user changed since.
CHANGED_SINCE = f"""
    SELECT count(*) FROM (
        SELECT l.id FROM left_users l LEFT JOIN users u ON u.id = l.id WHERE NOT ({_AS_LEFT})
        UNION SELECT l.user_id FROM left_accounts l LEFT JOIN accounts a ON a.id = l.id
            WHERE l.fingerprint IS DISTINCT FROM {fingerprint(ACCOUNT_IDENTITY, "a.")}
        UNION SELECT l.user_id FROM left_two_factor l LEFT JOIN two_factor t ON t.id = l.id
            WHERE l.fingerprint IS DISTINCT FROM {fingerprint(TWO_FACTOR_IDENTITY, "t.")}) AS changed"""


def run_checks(connection: Connection, run_id: str) -> list[Check]:
    """All checks, on a session that has just planned."""
    with_ledger = LEDGER if ledger.exists(connection) else ()
    return [_check(connection, run_id, *check) for check in (*INVARIANTS, *with_ledger)]


def count_changed_since(connection: Connection) -> int:
    """How many users differ by now from what the job left."""
    return int(connection.execute(sa.text(CHANGED_SINCE)).scalar_one())


def _check(connection: Connection, run_id: str, name: str, meaning: str, query: str) -> Check:
    statement = sa.text(f"SELECT count(*), (array_agg(id))[1:10] FROM ({query}) AS offending(id)")
    bound = {"run_id": run_id} if ":run_id" in query else {}
    count, examples = connection.execute(statement, bound).one()
    return Check(name, meaning, count, tuple(examples or ()))
