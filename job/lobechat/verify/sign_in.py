"""The sign-in table: for each user of LobeChat exactly one of six ways in.  The rule is sign_in.sql."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy.engine import Connection

from job.lobechat.session.copy import copy_stream
from job.lobechat.session.copy_text import format_rows
from job.lobechat.session.sql import read_sql, run_sql, stream_rows
from job.mapping.refused_addresses import refused_among
from job.mapping.rows import SignIn

ADDRESS_DOMAINS = read_sql(__file__, "address_domains")
JUDGE = read_sql(__file__, "sign_in")
COUNTS = read_sql(__file__, "sign_in_counts")
WHO_NEEDS_ACTION = read_sql(__file__, "users_who_need_action")
PROVIDER_LINKS = read_sql(__file__, "provider_links")


class UserWhoNeedsAction(NamedTuple):
    """A user who must set a password, or cannot sign in."""

    user_id: str
    sign_in: SignIn
    reason: str


def judge_sign_in(connection: Connection, *, refuses_addresses: bool) -> None:
    """Fill the session's table `sign_in`, empty after each new plan: a row for each user.

    `refuses_addresses`: the next LobeChat refuses some, for a password.
    """
    if refuses_addresses:
        fill_refused_domains(connection)
    run_sql(connection, JUDGE)


def fill_refused_domains(connection: Connection) -> None:
    """Fill `refused_domains` (domain), empty after each new plan: of the domains of all addresses those refused.

    They come to this side, where the list is, and those on it go back: two round trips and one for each 20,000.
    """
    domains = (domain for (domain,) in stream_rows(connection, ADDRESS_DOMAINS))
    refused = format_rows((domain,) for domain in refused_among(domains))
    copy_stream(connection, "refused_domains", ("domain",), [refused])


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
