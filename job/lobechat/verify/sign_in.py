"""The sign-in table: for each user of LobeChat exactly one of six ways in, counted and named from the plan.

The rule is `job.mapping.signin.classify`; here it is said once more for sets, and a property test holds the two
together.  It looks at the rows as they are, with what the plan will write on top: before a run and after it alike.
"""

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat_env.variables import LOBECHAT_PROVIDERS
from job.mapping.rows import SignIn
from job.mapping.signin import SignInReason
from job.settings import Settings

# The addresses that Better Auth lets in at sign-in: job.mapping.emails.is_matchable.
MATCHABLE = (
    "email = lower(btrim(email)) AND length(email) <= 254 AND"
    " email ~ '^([a-z0-9_''+-]+[.])*[a-z0-9_''+-]*[a-z0-9_+-]@([a-z0-9][a-z0-9-]*[.])+[a-z]{2,}$'"
)
# What LobeChat checks: bcrypt as $2a$ and $2b$, else Better Auth's own scrypt as salt:key in hex.
CHECKABLE = "'^([$]2[ab][$]|[0-9a-f]+:[0-9a-f]+$)'"

JUDGE = sa.text(f"""
    INSERT INTO sign_in WITH final AS (
        SELECT coalesce(u.id, p.id) AS id, u.id IS NULL AND p.action = 'conflict' AS left_out,
            CASE WHEN p.writes THEN p.new_email ELSE u.email END AS email,
            CASE WHEN p.writes THEN p.new_email_verified ELSE u.email_verified END AS email_verified,
            CASE WHEN p.writes THEN p.new_banned ELSE u.banned END AS banned,
            CASE WHEN p.writes THEN p.new_ban_expires ELSE u.ban_expires END AS ban_expires
        FROM users u FULL JOIN (
            SELECT *, row_action IN ('insert', 'update') AS writes FROM plan_users
            WHERE action <> 'skipped' AND row_action <> 'deleted') p ON p.id = u.id
        UNION ALL
        SELECT DISTINCT c.user_id, true, NULL, false, false, NULL::timestamptz FROM conflicts c
        WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = c.user_id)
          AND NOT EXISTS (SELECT FROM plan_users p WHERE p.id = c.user_id)),
    doors AS (
        SELECT user_id, bool_or(provider_id = 'credential' AND password ~ {CHECKABLE}) AS password,
            bool_or(provider_id <> 'credential' AND can_sign_in) AS sso
        FROM (
            SELECT a.user_id, a.provider_id, a.password,
                coalesce(s.can_sign_in, a.provider_id = ANY(:providers)) AS can_sign_in
            FROM accounts a LEFT JOIN staged_accounts s
            ON s.user_id = a.user_id AND s.provider_id = a.provider_id AND s.account_id = a.account_id
            UNION ALL
            SELECT p.user_id, p.provider_id, p.password, s.can_sign_in
            FROM plan_accounts p JOIN staged_accounts s USING (id) WHERE p.action IN ('insert', 'update')) AS every
        GROUP BY user_id),
    judged AS (
        SELECT f.id, f.left_out, f.email IS NULL AS without_email, f.matchable,
            coalesce(f.banned, false) AND (f.ban_expires IS NULL OR f.ban_expires > now()) AS shut_out,
            f.matchable AND :email_sign_in AS by_email,
            f.email_verified OR NOT :verification AS may_enter,
            coalesce(d.password, false) AS password, coalesce(d.sso, false) AS sso
        FROM (SELECT *, coalesce({MATCHABLE}, false) AS matchable FROM final) f LEFT JOIN doors d ON d.user_id = f.id),
    classed AS (
        SELECT *, CASE
            WHEN left_out THEN '{SignIn.NO_WAY_IN}'
            WHEN shut_out THEN '{SignIn.SHUT_OUT}'
            WHEN password AND by_email AND may_enter AND sso THEN '{SignIn.PASSWORD_OR_SSO}'
            WHEN password AND by_email AND may_enter THEN '{SignIn.PASSWORD}'
            WHEN sso THEN '{SignIn.SSO}'
            WHEN by_email AND :mail THEN '{SignIn.SET_PASSWORD}'
            ELSE '{SignIn.NO_WAY_IN}' END AS class
        FROM judged)
    SELECT id, class, CASE
        WHEN class NOT IN ('{SignIn.NO_WAY_IN}', '{SignIn.SET_PASSWORD}') THEN NULL
        WHEN class = '{SignIn.SET_PASSWORD}' AND password THEN '{SignInReason.EMAIL_UNVERIFIED}'
        WHEN class = '{SignIn.SET_PASSWORD}' THEN '{SignInReason.NO_PASSWORD}'
        WHEN left_out THEN '{SignInReason.CONFLICT}'
        WHEN without_email THEN '{SignInReason.NO_EMAIL}'
        WHEN NOT matchable THEN '{SignInReason.EMAIL_NOT_MATCHABLE}'
        WHEN by_email THEN '{SignInReason.NO_MAIL_SERVICE}'
        ELSE '{SignInReason.EMAIL_SIGN_IN_DISABLED}' END
    FROM classed""")
COUNTS = sa.text("SELECT class, count(*) FROM sign_in GROUP BY class")
NEEDY = sa.text("SELECT user_id, class, reason FROM sign_in WHERE reason IS NOT NULL ORDER BY user_id")
PROVIDERS = sa.text("""
    SELECT provider_id, count(*) AS links FROM (
        SELECT provider_id FROM accounts WHERE provider_id <> 'credential'
        UNION ALL SELECT provider_id FROM plan_accounts WHERE action = 'insert' AND provider_id <> 'credential'
    ) AS every GROUP BY provider_id ORDER BY 2 DESC, 1""")


class Needy(NamedTuple):
    """A user whom the operator has to write to or help."""

    user_id: str
    sign_in: SignIn
    reason: str


def _configuration(settings: Settings) -> dict[str, object]:
    """LobeChat's own settings, as far as they were given; where not, its defaults and a mail service."""
    enabled = settings.auth_sso_providers
    return {
        "providers": sorted(LOBECHAT_PROVIDERS if enabled is None else enabled),
        "email_sign_in": not settings.auth_disable_email_password,
        "verification": settings.auth_email_verification,
        "mail": settings.mail_service,
    }


def judge_sign_in(connection: Connection, settings: Settings) -> None:
    """Fill the session's table `sign_in`, empty after each new plan: a row for each user."""
    connection.execute(JUDGE, _configuration(settings))


def count_sign_in(connection: Connection) -> dict[SignIn, int]:
    """Users by their way in; the numbers add up to all users."""
    counts = dict.fromkeys(SignIn, 0)
    for name, count in connection.execute(COUNTS):
        counts[SignIn(name)] = count
    return counts


def read_needy(connection: Connection) -> Iterator[Needy]:
    """Everyone who must set a password or has no way in, streamed."""
    with connection.execute(NEEDY, execution_options={"yield_per": 2000}) as result:
        for user_id, sign_in, reason in result:
            yield Needy(user_id, SignIn(sign_in), reason)


def count_providers(connection: Connection) -> dict[str, int]:
    """Links by provider, those that the plan adds included."""
    return {row.provider_id: row.links for row in connection.execute(PROVIDERS)}
