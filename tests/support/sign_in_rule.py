"""The tests' own word on who signs in how; job/lobechat/verify/sign_in.sql is the rule, and is held against this."""

import re
from typing import NamedTuple

from job.mapping.emails import normalise_email
from job.mapping.rows import SignIn, SignInReason

# The addresses that Better Auth 1.4.6 and 1.6.15 let in at sign-in (z.email() of Zod 4); lower-case here.
_ACCEPTED = re.compile(r"(?:[a-z0-9_'+\-]+\.)*[a-z0-9_'+\-]*[a-z0-9_+-]@(?:[a-z0-9][a-z0-9\-]*\.)+[a-z]{2,}")


def is_matchable(email: str | None) -> bool:
    """Whether Better Auth, given this address as its user types it, finds the row that holds it."""
    return email is not None and email == normalise_email(email) and _ACCEPTED.fullmatch(email) is not None


class SignInFacts(NamedTuple):
    """What bears on one user, read off the rows as they are after the migration."""

    email: str | None
    matchable: bool  # is_matchable
    email_verified: bool
    password: bool  # a credential row with a digest that LobeChat can check
    link: bool  # a link that opens (AccountRow.can_sign_in): served by LobeChat and enabled
    shut_out: bool  # banned without an end, or with one that has not come yet
    left_out: bool = False  # in a conflict and not in LobeChat
    refused: bool = False  # job.mapping.refused_addresses, where the release refuses any


class SignInRules(NamedTuple):
    """LobeChat's configuration, where it was given; the defaults are LobeChat's own."""

    email_password: bool = True  # not AUTH_DISABLE_EMAIL_PASSWORD
    email_verification: bool = False  # AUTH_EMAIL_VERIFICATION
    mail_service: bool = True  # SMTP_HOST


class Verdict(NamedTuple):
    """One user's class and the reason for it."""

    sign_in: SignIn
    reason: SignInReason | None = None


def classify(facts: SignInFacts, rules: SignInRules) -> Verdict:
    """Exactly one class for any facts.

    A link needs no email.  A password needs an address that is found and, where LobeChat asks for it, verified; a new
    password, or the verification, needs the mail service too.
    """
    if facts.left_out:
        return Verdict(SignIn.NO_WAY_IN, SignInReason.CONFLICT)
    if facts.shut_out:
        return Verdict(SignIn.SHUT_OUT)
    by_email = facts.matchable and not facts.refused and rules.email_password
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
    if not rules.email_password:
        return SignInReason.EMAIL_SIGN_IN_DISABLED
    return SignInReason.EMAIL_REFUSED if facts.refused else SignInReason.NO_MAIL_SERVICE
