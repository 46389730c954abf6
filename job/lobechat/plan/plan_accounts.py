"""The plan for `accounts` and `two_factor`: which rows are made, which follow Clerk, which stay as they are.

A row that LobeChat already has for the same user stays, under any id: the same (provider, account), the user's
credential, the user's second factor.  Only where it is still as an earlier run left it, or holds the very digest that
Clerk has ($2y$, which LobeChat cannot check), it follows Clerk.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.columns import ACCOUNT_IDENTITY, TWO_FACTOR_IDENTITY, fingerprint, listed, utc_moment, version
from job.lobechat.plan.conflicts import ACTIVE

CREDENTIAL = "credential"
VERSION = ":version"  # put in as text: a system column is no value to bind


def _action(left: str, identity: tuple[str, ...], *update: str) -> str:
    """SQL for what happens to `s`, the row as Clerk has it, given `held` in LobeChat and, in `left`, as a run left it.

    What a run left is asked for last, and so not at all where nothing changed.
    """
    known = f"s.id IN (SELECT id FROM {left})"
    as_left = f"(s.id, {fingerprint(identity, 'held.')}) IN (SELECT id, fingerprint FROM {left})"
    return f"""CASE
            WHEN ROW({listed(identity, "held.")}) IS NOT DISTINCT FROM ROW({listed(identity, "s.")}) THEN 'unchanged'
            WHEN held.id IS NULL THEN CASE WHEN {known} THEN 'changed_since' ELSE 'insert' END
            WHEN held.id = s.id AND {as_left} THEN 'update'
            {" ".join(f"WHEN {condition} THEN 'update'" for condition in update)}
            WHEN {known} THEN 'changed_since'
            ELSE 'unchanged' END"""


# What the guide's script left: a digest that LobeChat cannot check, Clerk's name of a provider, a secret in the clear.
_REWRITTEN = f"held.provider_id = '{CREDENTIAL}' AND held.password = s.source_password"

_RENAMED = "held.id = s.id AND held.account_id = s.account_id AND held.provider_id <> s.provider_id"
_IN_CLEAR = "held.id = s.id AND held.secret = s.source_secret AND s.codes IS NOT NULL"
_WITHOUT_KEY = "held.id = s.id AND s.codes IS NULL"  # AUTH_SECRET is missing this time: what is encrypted stays so

# A user can hold several rows that fit one of Clerk's; the closest decides.
PLAN_ACCOUNTS = f"""
    INSERT INTO plan_accounts
    SELECT DISTINCT ON (s.id) s.id, s.user_id, {_action("left_accounts", ACCOUNT_IDENTITY, _REWRITTEN, _RENAMED)},
        {listed(ACCOUNT_IDENTITY, "s.")}, {utc_moment("s.created_at_ms")}, {utc_moment("s.updated_at_ms")},
        held.id, {VERSION}
    FROM staged_accounts s
    JOIN plan_users p ON p.id = s.user_id AND p.{ACTIVE} AND p.row_action <> 'deleted'
    LEFT JOIN accounts held ON held.user_id = s.user_id AND (
        held.provider_id = s.provider_id AND (held.account_id = s.account_id OR s.provider_id = '{CREDENTIAL}')
        OR held.id = s.id)
    ORDER BY s.id, held.id = s.id DESC NULLS LAST"""

PLAN_TWO_FACTOR = f"""
    INSERT INTO plan_two_factor
    SELECT DISTINCT ON (s.id) s.id, s.user_id,
        CASE WHEN {_WITHOUT_KEY} THEN 'unchanged' ELSE {_action("left_two_factor", TWO_FACTOR_IDENTITY, _IN_CLEAR)} END,
        s.secret, s.backup_codes, held.id, {VERSION}
    FROM staged_two_factor s
    JOIN plan_users p ON p.id = s.user_id AND p.{ACTIVE} AND p.row_action <> 'deleted'
    LEFT JOIN two_factor held ON held.user_id = s.user_id
    ORDER BY s.id, held.id = s.id DESC NULLS LAST"""


def plan_accounts(connection: Connection, *, versions: bool) -> None:
    """Fill `plan_accounts` and `plan_two_factor` for the users who are in the plan; `versions` as in plan_users."""
    for statement in (PLAN_ACCOUNTS, "ANALYZE plan_accounts", PLAN_TWO_FACTOR, "ANALYZE plan_two_factor"):
        connection.execute(sa.text(statement.replace(VERSION, version("held", versions=versions))))
