"""The plan for `accounts` and `two_factor`: which rows are made, which follow Clerk, which stay as they are.

A row that LobeChat already has for the same user stays, under any id: the same (provider, account), the user's
credential, the user's second factor.  Only where it is still as an earlier run left it, or holds the very digest that
Clerk has ($2y$, which LobeChat cannot check), it follows Clerk.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.columns import ACCOUNT_IDENTITY, TWO_FACTOR_IDENTITY, fingerprint, listed, utc_moment
from job.lobechat.conflicts import ACTIVE

CREDENTIAL = "credential"

_OUR_ACCOUNT = fingerprint(ACCOUNT_IDENTITY, "s.")
_HELD_ACCOUNT = fingerprint(ACCOUNT_IDENTITY, "held.")

# A user can hold several rows that fit one of Clerk's; the closest decides.
PLAN_ACCOUNTS = f"""
    INSERT INTO plan_accounts
    SELECT id, user_id, action, {listed(ACCOUNT_IDENTITY)}, created_at, updated_at, held_id, ours, old
    FROM (
        SELECT DISTINCT ON (s.id) s.id, s.user_id, {listed(ACCOUNT_IDENTITY, "s.")},
            {utc_moment("s.created_at_ms")} AS created_at, {utc_moment("s.updated_at_ms")} AS updated_at,
            held.id AS held_id, {_OUR_ACCOUNT} AS ours,
            CASE WHEN held.id IS NOT NULL THEN to_jsonb(held) END AS old,
            CASE
                WHEN held.id IS NULL AND l.id IS NOT NULL THEN 'changed_since'
                WHEN held.id IS NULL THEN 'insert'
                WHEN {_HELD_ACCOUNT} = {_OUR_ACCOUNT} THEN 'unchanged'
                WHEN held.id = s.id AND l.fingerprint = {_HELD_ACCOUNT} THEN 'update'
                WHEN held.provider_id = '{CREDENTIAL}' AND held.password = s.source_password THEN 'update'
                WHEN l.id IS NOT NULL THEN 'changed_since'
                ELSE 'unchanged' END AS action
        FROM staged_accounts s
        JOIN plan_users p ON p.id = s.user_id AND p.{ACTIVE} AND p.row_action <> 'deleted'
        LEFT JOIN accounts held ON held.user_id = s.user_id AND (
            held.provider_id = s.provider_id AND (held.account_id = s.account_id OR s.provider_id = '{CREDENTIAL}')
            OR held.id = s.id)
        LEFT JOIN left_accounts l ON l.id = s.id
        ORDER BY s.id, held.id = s.id DESC NULLS LAST) AS fitted"""

_OUR_FACTOR = fingerprint(TWO_FACTOR_IDENTITY, "s.")
_HELD_FACTOR = fingerprint(TWO_FACTOR_IDENTITY, "held.")

PLAN_TWO_FACTOR = f"""
    INSERT INTO plan_two_factor
    SELECT DISTINCT ON (s.id) s.id, s.user_id,
        CASE
            WHEN held.id IS NULL AND l.id IS NOT NULL THEN 'changed_since'
            WHEN held.id IS NULL THEN 'insert'
            WHEN {_HELD_FACTOR} = {_OUR_FACTOR} THEN 'unchanged'
            WHEN held.id = s.id AND l.fingerprint = {_HELD_FACTOR} THEN 'update'
            WHEN l.id IS NOT NULL THEN 'changed_since'
            ELSE 'unchanged' END,
        s.secret, s.backup_codes, held.id, {_OUR_FACTOR}, CASE WHEN held.id IS NOT NULL THEN to_jsonb(held) END
    FROM staged_two_factor s
    JOIN plan_users p ON p.id = s.user_id AND p.{ACTIVE} AND p.row_action <> 'deleted'
    LEFT JOIN two_factor held ON held.user_id = s.user_id
    LEFT JOIN left_two_factor l ON l.id = s.id
    ORDER BY s.id, held.id = s.id DESC NULLS LAST"""


def plan_accounts(connection: Connection) -> None:
    """Fill `plan_accounts` and `plan_two_factor` for the users who are in the plan."""
    for statement in (PLAN_ACCOUNTS, "ANALYZE plan_accounts", PLAN_TWO_FACTOR, "ANALYZE plan_two_factor"):
        connection.execute(sa.text(statement))
