"""The ledger: what each batch wrote and what stood there before, in the schema `clerk_to_betterauth`.

It is written in the batch's own transaction.  It answers three questions: which values the job wrote (so that a later
run can tell LobeChat's own changes), what verify should find, and what rollback puts back.  Rows of `accounts` and
`two_factor` are remembered by fingerprint, so that no digest or secret is stored a second time; only a row that was
overwritten is kept whole.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.columns import USER_COLUMNS

SCHEMA = "clerk_to_betterauth"

_OLD = ", ".join(f"old_{column.name} {column.type}" for column in USER_COLUMNS)
_NEW = ", ".join(f"new_{column.name} {column.type}" for column in USER_COLUMNS)
_BAN = [column.name for column in USER_COLUMNS if column.name.startswith("ban")]
_BAN_FOUND, _BAN_LEFT = (", ".join(when + name for name in _BAN) for when in ("old_", "new_"))

CREATE = (
    f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
    f"REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC",
    f"""CREATE TABLE IF NOT EXISTS {SCHEMA}.batches (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run_id text NOT NULL, path text NOT NULL,
        committed_at timestamptz NOT NULL DEFAULT now(), touched jsonb NOT NULL)""",
    f"""CREATE TABLE IF NOT EXISTS {SCHEMA}.users (
        batch_id bigint NOT NULL, id text NOT NULL, action text NOT NULL, {_OLD}, {_NEW})""",
    f"""CREATE TABLE IF NOT EXISTS {SCHEMA}.accounts (
        batch_id bigint NOT NULL, id text NOT NULL, user_id text NOT NULL, action text NOT NULL,
        fingerprint bytea NOT NULL, old jsonb)""",
    f"""CREATE TABLE IF NOT EXISTS {SCHEMA}.two_factor (
        batch_id bigint NOT NULL, id text NOT NULL, user_id text NOT NULL, action text NOT NULL,
        fingerprint bytea NOT NULL, old jsonb)""",
    *(
        f"CREATE INDEX IF NOT EXISTS {table}_batch_id_idx ON {SCHEMA}.{table} USING brin (batch_id)"
        for table in ("users", "accounts", "two_factor")
    ),
)


def newest(table: str, among: str = "true") -> str:
    """SELECT of what the job left of each row of `table`: the newest of its rows here, `among` those that it wrote."""
    return f"""SELECT every.* FROM {SCHEMA}.{table} every
        JOIN (SELECT id, max(batch_id) AS batch_id FROM {SCHEMA}.{table} WHERE {among} GROUP BY id) AS last
        USING (id, batch_id)"""


def newest_bans() -> str:
    """SELECT of the last ban of each user that the job itself set or lifted; one that it found is LobeChat's own."""
    return f"""SELECT DISTINCT ON (id) id, {_BAN_LEFT} FROM {SCHEMA}.users
        WHERE (old_banned OR new_banned) AND ROW({_BAN_FOUND}) IS DISTINCT FROM ROW({_BAN_LEFT})
        ORDER BY id, batch_id DESC"""


def exists(connection: Connection) -> bool:
    """Whether an earlier run left a ledger here."""
    return bool(connection.execute(sa.text(f"SELECT to_regclass('{SCHEMA}.batches') IS NOT NULL")).scalar_one())


def create(connection: Connection) -> None:
    """Make the ledger's tables where they are not there yet.  Only a real run does, right before its first write."""
    for statement in CREATE:
        connection.execute(sa.text(statement))


def drop(connection: Connection) -> bool:
    """Drop the job's schema, and say whether there was one.  After it nothing can be rolled back."""
    present = exists(connection)
    connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
    return present
