"""Which one of six ways in a user has after the migration: the rule of which the report's table is the sum.

job/lobechat/verify/sign_in.py says the same once more for sets.
"""

from enum import StrEnum
from typing import NamedTuple

from job.mapping.rows import SignIn


class SignInFacts(NamedTuple):
    """What bears on one user, read off the rows as they are after the migration."""

    email: str | None
    matchable: bool  # job.mapping.emails.is_matchable
    email_verified: bool
    password: bool  # a credential row with a digest that LobeChat can check
    link: bool  # a link that opens (AccountRow.can_sign_in): served by LobeChat and enabled
    shut_out: bool  # banned without an end, or with one that has not come yet
    left_out: bool = False  # in a conflict and not in LobeChat


class SignInRules(NamedTuple):
    """LobeChat's configuration, where it was given; the defaults are LobeChat's own."""

    email_password: bool = True  # not AUTH_DISABLE_EMAIL_PASSWORD
    email_verification: bool = False  # AUTH_EMAIL_VERIFICATION
    mail_service: bool = True  # SMTP_HOST


class SignInReason(StrEnum):
    """Why the user has no way in of their own, or must act by email first; empty where neither."""

    NONE = ""
    CONFLICT = "conflict"
    NO_EMAIL = "no_email"
    EMAIL_NOT_MATCHABLE = "email_not_matchable"
    EMAIL_SIGN_IN_DISABLED = "email_sign_in_disabled"
    EMAIL_UNVERIFIED = "email_unverified"
    NO_PASSWORD = "no_password"  # noqa: S105 - a reason, not a password
    NO_MAIL_SERVICE = "no_mail_service"
    BANNED = "banned"


class Verdict(NamedTuple):
    """One user's class and the reason for it."""

    sign_in: SignIn
    reason: SignInReason = SignInReason.NONE


def classify(facts: SignInFacts, rules: SignInRules) -> Verdict:
    """Exactly one class for any facts.

    A link needs no email.  A password needs an address that is found and, where LobeChat asks for it, verified; a new
    password, or the verification, needs the mail service too.
    """
    if facts.left_out:
        return Verdict(SignIn.NO_WAY_IN, SignInReason.CONFLICT)
    if facts.shut_out:
        return Verdict(SignIn.SHUT_OUT, SignInReason.BANNED)
    by_email = facts.matchable and rules.email_password
    password = by_email and facts.password and (facts.email_verified or not rules.email_verification)
    if password:
        return Verdict(SignIn.PASSWORD_OR_SSO if facts.link else SignIn.PASSWORD)
    if facts.link:
        return Verdict(SignIn.SSO)
    if by_email and rules.mail_service:
        return Verdict(
            SignIn.SET_PASSWORD, SignInReason.EMAIL_UNVERIFIED if facts.password else SignInReason.NO_PASSWORD
        )
    return Verdict(SignIn.NO_WAY_IN, _why_help(facts, rules))


def _why_help(facts: SignInFacts, rules: SignInRules) -> SignInReason:
    if facts.email is None:
        return SignInReason.NO_EMAIL
    if not facts.matchable:
        return SignInReason.EMAIL_NOT_MATCHABLE
    return SignInReason.NO_MAIL_SERVICE if rules.email_password else SignInReason.EMAIL_SIGN_IN_DISABLED
