"""The sign-in table: for each user of LobeChat exactly one of six ways in.  The rule is sign_in.sql."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy.engine import Connection

from job.lobechat.session.sql import read_sql, run_sql, stream_rows
from job.mapping.rows import SignIn

JUDGE = read_sql(__file__, "sign_in")
COUNTS = read_sql(__file__, "sign_in_counts")
WHO_NEEDS_ACTION = read_sql(__file__, "users_who_need_action")
PROVIDER_LINKS = read_sql(__file__, "provider_links")


class UserWhoNeedsAction(NamedTuple):
    """A user who must set a password, or cannot sign in."""

    user_id: str
    sign_in: SignIn
    reason: str


def judge_sign_in(connection: Connection) -> None:
    """Fill the session's table `sign_in`, empty after each new plan: a row for each user."""
    run_sql(connection, JUDGE)


def count_sign_in(connection: Connection) -> dict[SignIn, int]:
    """Users by their way in; the numbers add up to all users."""
    counts = dict.fromkeys(SignIn, 0)
    for name, count in run_sql(connection, COUNTS):
        counts[SignIn(name)] = count
    return counts


def read_users_who_need_action(connection: Connection) -> Iterator[UserWhoNeedsAction]:
    """Everyone who must set a password or cannot sign in, streamed."""
    for user_id, sign_in, reason in stream_rows(connection, WHO_NEEDS_ACTION):
        yield UserWhoNeedsAction(user_id, SignIn(sign_in), reason)


def count_providers(connection: Connection) -> dict[str, int]:
    """Links by provider, those that the plan adds included."""
    return {row.provider_id: row.links for row in run_sql(connection, PROVIDER_LINKS)}
