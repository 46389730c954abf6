"""The rule behind the report's sign-in table against Better Auth: every state that a user can be in, each once."""

from itertools import product
from typing import Any

import pytest

from job.lobechat_env.releases import Release
from job.mapping.refused_addresses import is_refused
from job.mapping.rows import SignIn
from tests.signin.better_auth import RELEASES, BetterAuth, Start
from tests.signin.people import try_by_mail
from tests.support.rows import PASSWORD, Person, Rows, digest, new_address
from tests.support.sign_in_rule import SignInFacts, SignInRules, classify, is_matchable

pytestmark = pytest.mark.signin

RULES: list[tuple[SignInRules, dict[str, Any]]] = [
    (SignInRules(), {}),
    (SignInRules(email_verification=True), {"emailVerification": True}),
    (SignInRules(email_password=False), {"disableEmailPassword": True}),
]


def every_state(release: Release) -> list[SignInFacts]:
    addresses = (None, new_address, lambda: new_address().capitalize(), lambda: new_address("below.duck.com"))
    no_yes = (False, True)
    return [
        SignInFacts(
            address := make and make(),
            is_matchable(address),
            verified,
            password,
            link,
            shut_out,
            refused=address is not None and release.refuses_addresses and is_refused(address),
        )
        for make, verified, password, link, shut_out in product(addresses, no_yes, no_yes, no_yes, no_yes)
    ]


def make_user(rows: Rows, facts: SignInFacts) -> Person:
    person = rows.user(email=facts.email, email_verified=facts.email_verified, banned=facts.shut_out)
    if facts.password:
        rows.password(person, digest())
    if facts.link:
        rows.link(person, "github", person.id)
    return person


def find_way_in(lobechat: BetterAuth, person: Person) -> SignIn:
    """Try password, provider and mail as someone would who has them all."""
    password = bool(person.email) and lobechat.sign_in(person.email, PASSWORD).user_id == person.id
    link = lobechat.sso("github", person.id, f"{person.id}@elsewhere.example").user_id == person.id
    if password or link:
        return SignIn.PASSWORD_OR_SSO if password and link else SignIn.PASSWORD if password else SignIn.SSO
    by_mail = bool(person.email) and try_by_mail(lobechat, person.email).user_id == person.id
    return SignIn.SET_PASSWORD if by_mail else SignIn.NO_WAY_IN


@pytest.mark.parametrize(("rules", "settings"), RULES, ids=["as it comes", "verified addresses", "providers alone"])
def test_the_rule_says_what_better_auth_does(
    rules: SignInRules, settings: dict[str, Any], start: Start, rows: Rows, version: str
) -> None:
    lobechat = start(**settings)
    for facts in every_state(RELEASES[version]):
        expected = classify(facts, rules).sign_in
        found = find_way_in(lobechat, make_user(rows, facts))
        assert found == (SignIn.NO_WAY_IN if expected is SignIn.SHUT_OUT else expected), facts
