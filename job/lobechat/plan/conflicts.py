"""Conflicts: two users who cannot both have what Clerk gives them.

Sought inside the input and against the database, on every unique column of `users`, on the ids of the rows to write
and on (provider, account).  Both sides are named by user id; a clash of two never costs a third user anything.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.columns import UNIQUE_USER_COLUMNS, listed
from job.mapping.rows import FindingCode

ACTIVE = "action NOT IN ('conflict', 'skipped')"
PRESENT = f"{ACTIVE} AND p.row_action <> 'deleted'"

# No telling which of the two is the user's.
TWICE_IN_INPUT = tuple(
    f"""INSERT INTO conflicts
        SELECT id, '{FindingCode.CONFLICT_ID_TWICE}', id FROM {table} GROUP BY id HAVING count(*) > 1"""
    for table in ("staged_users", "staged_csv")
)


def _within_input(column: str, code: FindingCode) -> str:
    """Each of the users whose rows would end with the same value; min and max name two of them, so one is another."""
    return f"""
        INSERT INTO conflicts
        SELECT p.id, '{code}', CASE WHEN p.id = same.first THEN same.last ELSE same.first END
        FROM plan_users p JOIN (
            SELECT new_{column} AS value, min(id) AS first, max(id) AS last FROM plan_users
            WHERE {ACTIVE} AND row_action <> 'deleted' AND new_{column} IS NOT NULL
            GROUP BY new_{column} HAVING count(*) > 1) AS same ON p.new_{column} = same.value
        WHERE p.{ACTIVE} AND p.row_action <> 'deleted'"""


def _against_database(column: str, code: FindingCode) -> str:
    """A row that keeps the value, because its own user is not in the plan or does not give it up."""
    return f"""
        INSERT INTO conflicts
        SELECT p.id, '{code}', u.id
        FROM plan_users p JOIN users u ON u.{column} = p.new_{column} AND u.id <> p.id
        LEFT JOIN plan_users holder ON holder.id = u.id AND holder.{ACTIVE}
        WHERE p.{ACTIVE} AND p.row_action IN ('insert', 'update') AND p.new_{column} IS DISTINCT FROM p.old_{column}
          AND holder.id IS NULL"""


NORMALIZED_EMAIL = f"""
    INSERT INTO conflicts
    SELECT p.id, '{FindingCode.CONFLICT_NORMALIZED_EMAIL}', u.id
    FROM plan_users p JOIN users u ON u.normalized_email = p.new_email AND u.id <> p.id AND u.email <> p.new_email
    WHERE p.{ACTIVE} AND p.row_action IN ('insert', 'update') AND p.new_email IS DISTINCT FROM p.old_email"""

_CODES = {
    "email": FindingCode.CONFLICT_EMAIL,
    "username": FindingCode.CONFLICT_USERNAME,
    "phone": FindingCode.CONFLICT_PHONE,
}
USER_CHECKS = (
    *(_within_input(column, _CODES[column]) for column in UNIQUE_USER_COLUMNS),
    *(_against_database(column, _CODES[column]) for column in UNIQUE_USER_COLUMNS),
)

_OTHER_USER = "CASE WHEN s.user_id = same.first THEN same.last ELSE same.first END"


def _account_within_input(columns: tuple[str, ...], code: FindingCode) -> str:
    key = listed(columns, "a.")
    return f"""
        INSERT INTO conflicts
        SELECT s.user_id, '{code}', {_OTHER_USER}
        FROM staged_accounts s JOIN (
            SELECT {key}, min(a.user_id) AS first, max(a.user_id) AS last
            FROM (SELECT {listed(columns)} FROM staged_accounts GROUP BY {listed(columns)} HAVING count(*) > 1) AS twice
            JOIN staged_accounts a USING ({listed(columns)}) JOIN plan_users p ON p.id = a.user_id AND p.{PRESENT}
            GROUP BY {key} HAVING min(a.user_id) <> max(a.user_id)) AS same USING ({listed(columns)})
        JOIN plan_users p ON p.id = s.user_id AND p.{PRESENT}"""


def _row_held_by_other(staged: str, table: str, match: str, code: FindingCode) -> str:
    """A row of another user, but where this user had it from the job and gave it away since."""
    return f"""
        INSERT INTO conflicts
        SELECT DISTINCT s.user_id, '{code}', held.user_id
        FROM {staged} s JOIN plan_users p ON p.id = s.user_id AND p.{PRESENT}
        JOIN {table} held ON {match} AND held.user_id <> s.user_id
        WHERE CASE WHEN held.id IS NOT NULL THEN s.id NOT IN (SELECT id FROM left_{table}) END /* asked last */"""


ROW_CHECKS = (
    _account_within_input(("provider_id", "account_id"), FindingCode.CONFLICT_ACCOUNT),
    _account_within_input(("id",), FindingCode.CONFLICT_ACCOUNT_ROW_ID),
    _row_held_by_other(
        "staged_accounts",
        "accounts",
        "held.provider_id = s.provider_id AND held.account_id = s.account_id",
        FindingCode.CONFLICT_ACCOUNT,
    ),
    _row_held_by_other("staged_accounts", "accounts", "held.id = s.id", FindingCode.CONFLICT_ACCOUNT_ROW_ID),
    _row_held_by_other("staged_two_factor", "two_factor", "held.id = s.id", FindingCode.CONFLICT_TWO_FACTOR_ROW_ID),
)

ANY_CHANGE = "SELECT EXISTS (SELECT FROM plan_users WHERE row_action IN ('insert', 'update'))"
LEAVE_OUT = f"""
    UPDATE plan_users p SET action = 'conflict', row_action = 'conflict'
    FROM conflicts c WHERE c.user_id = p.id AND p.{ACTIVE}"""


def find_input_conflicts(connection: Connection) -> None:
    """Users whom the input names twice: found before the plan, which needs one row for each."""
    for statement in TWICE_IN_INPUT:
        connection.execute(sa.text(statement))
    connection.execute(sa.text("ANALYZE conflicts"))


def find_conflicts(connection: Connection) -> None:
    """Name the users who clash and take them out of the plan.

    Someone who is taken out keeps what LobeChat's row has, which can bar another's way: so it is sought again until
    nothing new is found.
    """
    for check in (NORMALIZED_EMAIL, *ROW_CHECKS):
        connection.execute(sa.text(check))
    # Where no row of `users` changes, nobody's address, name or number comes to anybody new.
    user_checks = USER_CHECKS if connection.execute(sa.text(ANY_CHANGE)).scalar_one() else ()
    while True:
        found = sum(connection.execute(sa.text(check)).rowcount for check in user_checks)
        connection.execute(sa.text(LEAVE_OUT))
        if not found:
            return
