"""The classes and the sample that smoke reads are those of the migration's report."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from job.context import Context
from job.core.progress import Progress
from job.core.stop import Stop
from job.lobechat.session.database import Database
from job.mapping.rows import SignIn
from job.settings import load_settings
from job.smoke import expected as expected_module
from job.smoke.expected import PEOPLE, Expected, make_reader
from sandbox.kinds import Kind
from sandbox.population import people
from tests.support.job import PREFIX
from tests.support.sandbox_job import prepare, run_job
from tests.support.smoke import Everyone

# The plan knows of these links what the tables do not tell: that they lead to another address.
ONLY_THE_PLAN_KNOWS = {Kind.MICROSOFT_OTHER_EMAIL}


def read(url: str, folder: Path, ids: Sequence[str] | None = None, **settings: str) -> Expected:
    environ = {f"TEST_{PREFIX}DATABASE_URL": url, f"{PREFIX}DATABASE_DRIVER": "node", f"{PREFIX}STAGES": "check"}
    loaded = load_settings(environ | settings, folder)
    with Stop() as stop, Progress("json") as progress:
        context = Context(loaded, "a run", stop, progress)
        return make_reader(Database(loaded.connection_string(), "node", "a run", context.stop, 60), loaded)(ids)


CONFIGURATIONS: tuple[dict[str, str], ...] = (
    {},
    {"AUTH_SSO_PROVIDERS": "google", "AUTH_EMAIL_VERIFICATION": "1", "SMTP_HOST": "mail.example.com"},
    {"AUTH_DISABLE_EMAIL_PASSWORD": "1"},
)


def test_the_classes_are_the_reports(lobechat_url: str, tmp_path: Path) -> None:
    everyone = [person for person in people(400) if person.kind not in ONLY_THE_PLAN_KNOWS]
    prepare(lobechat_url, tmp_path, everyone)
    for configuration in CONFIGURATIONS:
        told = run_job(lobechat_url, tmp_path, everyone, **configuration).counts
        classes = read(lobechat_url, tmp_path, **configuration).classes
        assert {one: classes.get(one, 0) for one in SignIn} == told


def test_the_sample_spreads_over_the_classes(
    lobechat_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = list(people(400))
    prepare(lobechat_url, tmp_path, everyone)
    run_job(lobechat_url, tmp_path, everyone)
    sample = read(lobechat_url, tmp_path)
    assert len(sample.people) == PEOPLE
    by_class = Counter(person.sign_in for person in sample.people)
    monkeypatch.setattr(expected_module, "PEOPLE", 400)
    everybody = Counter(person.sign_in for person in read(lobechat_url, tmp_path).people)
    assert set(by_class) == set(everybody) == set(SignIn)
    most = max(by_class.values())
    assert all(number in {most, most - 1, everybody[one]} for one, number in by_class.items())


def test_the_sample_is_the_same_for_a_seed_and_another_for_another(
    lobechat_url: str, tmp_path: Path, everyone: Everyone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(100):
        everyone.rows.user()

    def ids() -> list[str]:
        return [person.id for person in read(lobechat_url, tmp_path).people]

    first = ids()
    assert ids() == first
    monkeypatch.setattr(expected_module, "SEED", 2)
    assert ids() != first


def test_the_expected_answers_are_those_of_whom_lobechat_would_find(
    lobechat_url: str, tmp_path: Path, everyone: Everyone
) -> None:
    """An address in capitals is found as somebody else's, if at all; an unreadable digest counts as a password."""
    rows = everyone.rows
    lower = rows.user(email="capital@example.com")
    rows.password(lower, "$argon2id$v=19$x")
    found = {person.id: person for person in read(lobechat_url, tmp_path).people}
    assert (found[lower.id].is_known, found[lower.id].has_password) == (True, True)
    assert found[lower.id].sign_in is SignIn.SET_PASSWORD
    assert found[everyone.capitals.id].is_known
    assert found[everyone.password.id].email_of_username == everyone.password.email
    assert found[everyone.github.id].email_of_username is None
    assert everyone.nameless.id not in found


def test_users_are_read_again_by_their_ids(lobechat_url: str, tmp_path: Path, everyone: Everyone) -> None:
    ids = [everyone.google.id, "nobody"]
    assert [person.id for person in read(lobechat_url, tmp_path, ids).people] == [everyone.google.id]


def test_providers_and_domains_are_those_that_people_depend_on(
    lobechat_url: str, tmp_path: Path, everyone: Everyone
) -> None:
    found = read(lobechat_url, tmp_path)
    assert [(one.id, one.users, one.dependent) for one in found.providers] == [("github", 1, 1), ("google", 2, 1)]
    assert [(one.name, one.users) for one in found.domains] == [("example.com", 2)]
    everyone.rows.link(everyone.google, "github", "another")
    found = read(lobechat_url, tmp_path)
    assert [(one.id, one.dependent) for one in found.providers] == [("github", 1), ("google", 0)]
