"""The simple path, for those who leave Clerk without its key and its CSV: a new password by email for everyone."""

from pathlib import Path

import pytest

from job.mapping.rows import SignIn
from sandbox.kinds import Kind
from sandbox.population import Person, people
from sandbox.postgres import Postgres
from tests.signin.better_auth import BetterAuth
from tests.signin.people import NEW_PASSWORD, typed_email
from tests.support.prepared import template_at
from tests.support.sandbox_job import prepare, run_job

pytestmark = pytest.mark.signin

KINDS = {
    Kind.PASSWORD, Kind.GOOGLE, Kind.UPPER_CASE_EMAIL, Kind.BLANKS_IN_EMAIL, Kind.LOBECHAT_ONLY, Kind.PHONE_ONLY,
    Kind.USERNAME_ONLY, Kind.NOTHING,
}  # fmt: skip
USERS = 200  # every kind there is


@pytest.fixture
def someone_of_each() -> list[Person]:
    return list({person.kind: person for person in people(USERS) if person.kind in KINDS}.values())


@pytest.mark.usefixtures("_packages")
def test_whoever_has_an_address_sets_a_new_password_and_the_others_are_named(
    server: Postgres, version: str, someone_of_each: list[Person], tmp_path: Path
) -> None:
    url = server.url(server.create_database(template_at("0040")))
    prepare(url, tmp_path, someone_of_each)
    stages = "check,migrate,verify"
    report = run_job(url, tmp_path, (), CLERK_TO_BETTERAUTH_PATH="simple", CLERK_TO_BETTERAUTH_STAGES=stages)
    with BetterAuth(version, url) as lobechat:
        found = {person.id: _way_in(lobechat, person) for person in someone_of_each}
    assert found == report.needy
    assert sorted(found.values()) == [SignIn.NO_WAY_IN] * 3 + [SignIn.SET_PASSWORD] * 5


def _way_in(lobechat: BetterAuth, person: Person) -> SignIn:
    email = typed_email(person)
    gets_in = email is not None and lobechat.set_password(email, NEW_PASSWORD).user_id == person.id
    return SignIn.SET_PASSWORD if gets_in else SignIn.NO_WAY_IN
