"""The table in SQL says the same as the rule, for every combination of what bears on a user."""

from itertools import product
from typing import Any

import pytest

from job.mapping.rows import SignIn
from tests.support.job import DIGEST, Job, google, user
from tests.support.sign_in_rule import SignInFacts, SignInRules, classify, is_matchable

REFUSED = ("relay@duck.com", "a@below.mozmail.com", f"{'l' * 65}@example.org", "a@two--dashes.org")
EMAILS = ("plain@example.org", "Upper@example.org", "ü@example.org", "a..b@example.org", *REFUSED, None)
PASSWORDS = (DIGEST, "aa11:bb22", "$argon2id$v=19$x", None)
RULES: tuple[tuple[dict[str, str], SignInRules], ...] = (
    ({}, SignInRules()),
    ({"AUTH_EMAIL_VERIFICATION": "1", "AUTH_SSO_PROVIDERS": "google"}, SignInRules(True, True, False)),
    ({"AUTH_DISABLE_EMAIL_PASSWORD": "1"}, SignInRules(False, False, False)),
    ({"LOBECHAT_RELEASE": "2.2.2"}, SignInRules()),
    ({"LOBECHAT_RELEASE": "2.2.3"}, SignInRules()),
)
INSERT_USERS = "INSERT INTO users (id, email, email_verified, banned, ban_expires) VALUES %s"
INSERT_ACCOUNTS = "INSERT INTO accounts (id, user_id, provider_id, account_id, password, updated_at) VALUES %s"


@pytest.mark.parametrize(("settings", "rules"), RULES)
def test_the_table_agrees_with_the_rule(job: Job, settings: dict[str, str], rules: SignInRules) -> None:
    expected: dict[str, int] = dict.fromkeys(SignIn, 0)
    need_action: set[tuple[str, str, str]] = set()
    refuses = settings.get("LOBECHAT_RELEASE") != "2.2.3"
    told = set()
    users: list[tuple[object, ...]] = []
    accounts: list[tuple[object, ...]] = []
    cases: Any = product(EMAILS, PASSWORDS, (True, False), (True, False), (None, "for good", "over"))
    for number, (address, password, verified, linked, ban) in enumerate(cases):
        user_id = f"user_{number:04d}"
        email = address and address.replace("@", f"{number}@")
        users.append((user_id, email, verified, ban is not None, "2001-01-01" if ban == "over" else None))
        if password:
            accounts.append((f"c{number}", user_id, "credential", user_id, password, "2001-01-01"))
        if linked:
            accounts.append((f"g{number}", user_id, "google", f"g{number}", None, "2001-01-01"))
        refused = refuses and address in REFUSED
        facts = SignInFacts(
            email, is_matchable(email), verified, password in PASSWORDS[:2], linked, ban == "for good", refused=refused
        )
        verdict = classify(facts, rules)
        expected[verdict.sign_in] += 1
        if verdict.reason is not None:
            need_action.add((user_id, verdict.sign_in.value, verdict.reason.value))
        if verdict.reason == "email_refused" or (
            refused and facts.password and rules.email_password and verdict.sign_in is SignIn.SSO
        ):
            told.add(user_id)
    job.insert(INSERT_USERS, users)
    job.insert(INSERT_ACCOUNTS, accounts)
    job.give([])
    assert job.run(STAGES="migrate", **settings) == 0
    assert job.report["sign_in"] == expected
    assert {row for row in job.attention() if row[1] in {"set_password", "no_way_in"}} == need_action
    assert {user_id for user_id, reason, _ in job.attention() if reason == "email_refused"} == told


@pytest.mark.parametrize("dry_run", ["1", "0"])
def test_links_are_counted_by_provider_those_to_come_included(job: Job, dry_run: str) -> None:
    job.insert(INSERT_USERS, [("own", "own@example.org", True, False, None)])
    job.insert(
        INSERT_ACCOUNTS,
        [(name, "own", name, f"at-{name}", DIGEST, "2001-01-01") for name in ("github", "google", "credential")],
    )
    cells = {"password_digest": DIGEST, "password_hasher": "bcrypt"}
    job.give([user(1, external_accounts=(google(1),), password_enabled=True)], user_1=cells)
    assert job.run(STAGES="check,migrate", DRY_RUN=dry_run) == 0
    assert [(one["provider"], one["links"]) for one in job.report["providers"]] == [("google", 2), ("github", 1)]
