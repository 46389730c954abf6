"""No address, user name or password of anybody is told: not in log or report, nor in a log of statements."""

from collections.abc import Callable

import pytest

from sandbox.lobechat_server import Behaviour
from sandbox.postgres import Postgres
from tests.support.smoke import Everyone, Smoke, trial

Deploy = Callable[[Behaviour], None]
ENDS: tuple[tuple[str, Deploy, int], ...] = (
    ("all is well", lambda _: None, 0),
    ("differences", lambda behaviour: vars(behaviour).update(capitals_matter=True, application_fails=True), 10),
    ("pages", lambda behaviour: vars(behaviour).update(page="/api/auth/check-user"), 10),
    ("no answer", lambda behaviour: vars(behaviour).update(status={"/api/auth/resolve-username": (503, 999)}), 75),
)


@pytest.fixture
def statements(smoke: Smoke, server: Postgres) -> Callable[[], str]:
    """What the server logs of the job's own connections from now on."""
    smoke.job.url += "?options=-c%20log_statement%3Dall"
    log = server.folder / "log"
    began = log.stat().st_size

    def read() -> str:
        with log.open() as file:
            file.seek(began)
            return file.read()

    return read


@pytest.mark.parametrize(("deploy", "code"), [end[1:] for end in ENDS], ids=[end[0] for end in ENDS])
def test_nothing_of_anybody_is_told(
    deploy: Deploy, code: int, smoke: Smoke, everyone: Everyone, statements: Callable[[], str]
) -> None:
    everyone.rows.value("UPDATE users SET username = 'canary_' || id WHERE email > '' RETURNING id")
    deploy(smoke.lobechat.behaviour)
    assert smoke.run(LOG_LEVEL="debug", **trial(everyone.password)) == code
    assert "jsonb_build_object" in statements()
    told = {path.name: path.read_text() for path in smoke.folder.iterdir()} | {
        "log": smoke.output, "statements": statements(),
    }  # fmt: skip
    secrets = {*(person.email for person in everyone.people() if person.email), "canary", "correct horse"}
    for place, text in told.items():
        assert not [secret for secret in secrets if secret.lower() in text.lower()], place
