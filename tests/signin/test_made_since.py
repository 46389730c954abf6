"""What users made in LobeChat 2 before the job came still opens, and is not doubled."""

from pathlib import Path

import pytest

from sandbox.kinds import Kind
from sandbox.lobechat import NEW_PASSWORD
from sandbox.population import Person, people
from sandbox.postgres import Postgres
from tests.signin.better_auth import BetterAuth
from tests.signin.people import own_links, try_link, typed_email
from tests.support.prepared import template_at
from tests.support.sandbox_job import prepare, query, run_job

pytestmark = pytest.mark.signin

KINDS = {Kind.LINKED_SINCE, Kind.PASSWORD_SET_SINCE, Kind.ADMINISTRATOR}
USERS = 200  # every kind there is


@pytest.mark.usefixtures("_packages")
def test_a_link_and_a_password_made_since_open_and_are_not_doubled(
    server: Postgres, version: str, tmp_path: Path
) -> None:
    url = server.url(server.create_database(template_at("0075")))
    active = {person.kind: person for person in people(USERS) if person.kind in KINDS}
    prepare(url, tmp_path, list(active.values()))
    report = run_job(url, tmp_path, list(active.values()))
    assert report.needy == {}
    with BetterAuth(version, url) as lobechat:
        _use_link(lobechat, active[Kind.LINKED_SINCE])
        _use_password(lobechat, active[Kind.PASSWORD_SET_SINCE])
        administrator = active[Kind.ADMINISTRATOR]
        assert lobechat.sign_in(*_typed(administrator)).user_id == administrator.id
    assert query(url, "SELECT id FROM users WHERE role = 'admin'") == [(administrator.id,)]
    assert query(url, "SELECT user_id FROM accounts GROUP BY user_id, provider_id HAVING count(*) > 1") == []


def _use_link(lobechat: BetterAuth, person: Person) -> None:
    for provider, link in own_links(person):
        assert try_link(lobechat, person, provider, link).user_id == person.id


def _use_password(lobechat: BetterAuth, person: Person) -> None:
    email, old_password = _typed(person)
    assert lobechat.sign_in(email, NEW_PASSWORD).user_id == person.id
    assert lobechat.sign_in(email, old_password).error == "INVALID_EMAIL_OR_PASSWORD"


def _typed(person: Person) -> tuple[str, str]:
    email = typed_email(person)
    assert email
    assert person.password
    return email, person.password
