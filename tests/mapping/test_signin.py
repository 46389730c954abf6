"""The sign-in rule: one class for any facts, and why."""

from itertools import product

import pytest

from job.mapping.rows import SignIn
from job.mapping.signin import SignInFacts, SignInReason, SignInRules, Verdict, classify

FACTS = SignInFacts(
    email="ann@example.com", matchable=True, email_verified=True, password=False, link=False, shut_out=False
)
RULES = SignInRules()
CONFIGURATIONS = [SignInRules(*flags) for flags in product((True, False), repeat=3)]


@pytest.mark.parametrize(
    ("password", "link", "expected"),
    [
        (True, False, Verdict(SignIn.PASSWORD)),
        (False, True, Verdict(SignIn.SSO)),
        (True, True, Verdict(SignIn.PASSWORD_OR_SSO)),
        (False, False, Verdict(SignIn.SET_PASSWORD, SignInReason.NO_PASSWORD)),
    ],
)
def test_password_and_link_open_as_lobechat_stands_by_default(password: bool, link: bool, expected: Verdict) -> None:
    assert classify(FACTS._replace(password=password, link=link), RULES) == expected


@pytest.mark.parametrize("rules", CONFIGURATIONS)
def test_whoever_is_shut_out_stays_outside_whatever_they_hold(rules: SignInRules) -> None:
    facts = FACTS._replace(password=True, link=True, shut_out=True)
    assert classify(facts, rules).sign_in == SignIn.SHUT_OUT


@pytest.mark.parametrize("rules", CONFIGURATIONS)
def test_a_link_opens_without_an_email(rules: SignInRules) -> None:
    facts = FACTS._replace(email=None, matchable=False, email_verified=False, password=True, link=True)
    assert classify(facts, rules).sign_in == SignIn.SSO


@pytest.mark.parametrize(
    ("facts", "rules", "reason"),
    [
        (FACTS._replace(email=None, matchable=False), RULES, SignInReason.NO_EMAIL),
        (FACTS._replace(matchable=False, password=True), RULES, SignInReason.EMAIL_NOT_MATCHABLE),
        (FACTS, RULES._replace(mail_service=False), SignInReason.NO_MAIL_SERVICE),
        (FACTS._replace(password=True), RULES._replace(email_password=False), SignInReason.EMAIL_SIGN_IN_DISABLED),
        (FACTS._replace(left_out=True), RULES, SignInReason.CONFLICT),
    ],
)
def test_who_must_be_helped_is_told_apart_by_the_reason(
    facts: SignInFacts, rules: SignInRules, reason: SignInReason
) -> None:
    assert classify(facts, rules) == Verdict(SignIn.NO_WAY_IN, reason)


def test_an_unverified_address_must_be_verified_by_email_first_where_lobechat_asks_for_it() -> None:
    facts = FACTS._replace(password=True, email_verified=False)
    asks = RULES._replace(email_verification=True)
    assert classify(facts, RULES).sign_in == SignIn.PASSWORD
    assert classify(facts, asks) == Verdict(SignIn.SET_PASSWORD, SignInReason.EMAIL_UNVERIFIED)
    assert classify(facts, asks._replace(mail_service=False)) == Verdict(SignIn.NO_WAY_IN, SignInReason.NO_MAIL_SERVICE)


@pytest.mark.parametrize("rules", CONFIGURATIONS)
def test_a_reason_is_given_exactly_where_the_user_cannot_simply_sign_in(rules: SignInRules) -> None:
    simple = {SignIn.PASSWORD, SignIn.SSO, SignIn.PASSWORD_OR_SSO}
    for flags in product((True, False), repeat=6):
        verdict = classify(SignInFacts("ann@example.com", *flags), rules)
        assert (verdict.sign_in in simple) == (verdict.reason == SignInReason.NONE)
