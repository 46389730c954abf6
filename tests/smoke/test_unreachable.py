"""A LobeChat that is starting is waited for; one that stays away ends the run with 75."""

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from job.smoke import lobechat_api
from job.smoke import smoke as smoke_module
from sandbox.lobechat_server import LobeChatServer
from tests.support.job import PREFIX
from tests.support.processes import start
from tests.support.smoke import Everyone, Smoke, trial


@pytest.fixture
def closed_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


def test_an_address_where_nothing_listens_is_temporary(smoke: Smoke, closed_port: int) -> None:
    smoke.url = f"http://127.0.0.1:{closed_port}"
    assert smoke.run() == 75
    assert f"LobeChat at 127.0.0.1:{closed_port} does not answer" in smoke.report["error"]["message"]
    assert f"{PREFIX}LOBECHAT_URL" in smoke.report["error"]["hint"]
    events = smoke.events("lobechat.unreachable")
    assert [event["attempt"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["reason"] == "ConnectError: Connection refused" for event in events)


def test_a_proxy_whose_lobechat_starts_is_waited_for(smoke: Smoke, lobechat: LobeChatServer) -> None:
    lobechat.behaviour.status = {"/api/version": (503, 2)}
    assert smoke.run() == 0
    assert len(smoke.events("lobechat.unreachable")) == 2


def test_a_proxy_whose_lobechat_stays_away_is_temporary(smoke: Smoke, lobechat: LobeChatServer) -> None:
    lobechat.behaviour.status = {"/": (502, 999)}
    assert smoke.run() == 75
    assert "status 502" in smoke.report["error"]["message"]


def test_what_was_found_before_lobechat_went_away_is_told(smoke: Smoke, lobechat: LobeChatServer) -> None:
    lobechat.behaviour.status = {"/api/auth/sign-in/social": (504, 999)}
    assert smoke.run() == 75
    assert "users.password" in smoke.checks("passed")


def test_a_slow_lobechat_passes(smoke: Smoke, lobechat: LobeChatServer) -> None:
    lobechat.behaviour.seconds = 0.05
    assert smoke.run() == 0


def test_an_answer_that_does_not_come_is_temporary(
    smoke: Smoke, lobechat: LobeChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lobechat_api, "REQUEST_SECONDS", 0.1)
    lobechat.behaviour.seconds = 0.5
    assert smoke.run() == 75
    assert "no complete answer in 0.1 seconds" in smoke.report["error"]["message"]


def test_all_of_it_has_a_deadline(smoke: Smoke, lobechat: LobeChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke_module, "DEADLINE_SECONDS", 0.5)
    lobechat.behaviour.seconds = 0.1
    assert smoke.run() == 75
    assert "longer than 0.5 seconds to answer everything" in smoke.report["error"]["message"]


def test_a_stop_ends_the_session_and_the_run(smoke: Smoke, lobechat: LobeChatServer, everyone: Everyone) -> None:
    everyone.rows.value("DELETE FROM accounts WHERE provider_id <> 'credential' RETURNING id")  # no sign-in to wait for
    signed_out = threading.Event()
    settings = {"STAGES": "smoke", "LOBECHAT_URL": smoke.url, **trial(everyone.password)}
    with start(smoke.job, **settings) as process:

        def terminate(path: str) -> None:
            if path.startswith("/trpc"):
                process.terminate()
                signed_out.wait(10)  # this answer comes too late
            if path == "/api/auth/sign-out":
                signed_out.set()

        lobechat.before_answer = terminate
        output = process.stdout.read() if process.stdout else ""
    assert process.returncode == 143, output
    assert smoke.job.rows("auth_sessions") == {"auth_sessions": []}


def test_a_proxy_that_cannot_work_is_a_setting_to_correct(smoke: Smoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "socks5://127.0.0.1:1080")
    assert smoke.run() == 2
    assert smoke.report["error"]["message"].startswith("HTTP_PROXY: ")


def test_the_proxy_is_taken_unless_no_proxy_names_the_host(
    smoke: Smoke, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port}")
    assert smoke.run() == 75
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert smoke.run() == 0


class TestCertificate:
    """https with an authority of the operator's own."""

    @pytest.fixture
    def authority(self) -> trustme.CA:
        return trustme.CA()

    @pytest.fixture
    def lobechat(self, lobechat_url: str, everyone: Everyone, authority: trustme.CA) -> Iterator[LobeChatServer]:
        assert everyone
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(tls)
        with LobeChatServer(lobechat_url, tls=tls) as server:
            yield server

    def test_an_unknown_authority_is_a_setting_to_correct(self, smoke: Smoke) -> None:
        assert smoke.run() == 2
        assert "the certificate of 127.0.0.1" in smoke.report["error"]["message"]
        assert "SSL_CERT_FILE" in smoke.report["error"]["hint"]

    def test_ssl_cert_file_names_the_authority(
        self, smoke: Smoke, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        monkeypatch.setattr("job.smoke.pace.WINDOW_SECONDS", 10.0)
        assert smoke.run() == 0
