"""Certificates, proxies and firewalls on the way to Clerk: what no further attempt can cure is named at once."""

import gzip
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
import trustme

from job.clerk.api import client
from job.clerk.export.export import export_users
from job.clerk.files.csv_fetch import fetch_csv
from job.context import Context
from job.core.errors import ClerkKeyError, ExitCode, InputError, SettingsError, TemporaryError
from tests.support.clerk_api import MakeContext
from tests.support.shelf import open_shelf

CLERK = "https://api.clerk.invalid/v1"
CSV = "https://files.invalid/users.csv"
EACH = pytest.mark.parametrize("ask", [export_users, fetch_csv])
Ask = Callable[[Context], object]


def refused(context: Context, ask: Ask = export_users) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        ask(context)
    assert caught.value.exit_code is ExitCode.SETTINGS
    assert caught.value.hint
    assert "canary" not in caught.value.message + caught.value.hint
    return caught.value


@EACH
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", "socks5://canary:canary@127.0.0.1:1080"),
        ("all_proxy", "socks5h://canary:1080"),
        ("HTTPS_PROXY", "http://canary:port"),
        ("HTTPS_PROXY", "http://canary:99999"),
        ("https_proxy", "http://"),
        ("HTTP_PROXY", "canary canary"),
        ("NO_PROXY", "localhost,fd00::canary/8"),
        ("SSL_CERT_FILE", "/nowhere/canary.pem"),
        ("SSL_CERT_FILE", __file__),
        ("SSL_CERT_FILE", str(Path(__file__).parent)),
        ("SSL_CERT_DIR", "/nowhere/canary"),
    ],
)
def test_a_setting_that_cannot_work_is_named(
    make_context: MakeContext, monkeypatch: pytest.MonkeyPatch, ask: Ask, variable: str, value: str
) -> None:
    context = make_context(CLERK, CLERK_TO_BETTERAUTH_CSV_URL=CSV)
    monkeypatch.setenv(variable, value)
    assert refused(context, ask).message.startswith(f"{variable}: ")


@pytest.fixture
def unknown_authority(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A server whose certificate an authority signed that only the file knows: its address and that file."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(file)
    with open_shelf((200, {}, b'{"object": "total_count", "total_count": 0}')) as shelf:
        shelf.socket = context.wrap_socket(shelf.socket, server_side=True)
        yield f"https://localhost:{shelf.server_port}", str(file)


@EACH
def test_an_unknown_authority_is_a_setting(
    make_context: MakeContext, unknown_authority: tuple[str, str], ask: Ask
) -> None:
    url, _ = unknown_authority
    error = refused(make_context(f"{url}/v1", CLERK_TO_BETTERAUTH_CSV_URL=f"{url}/users.csv"), ask)
    assert "certificate of localhost" in error.message
    assert "SSL_CERT_FILE" in error.hint


def test_the_authoritys_certificate_lets_the_job_in(
    make_context: MakeContext, unknown_authority: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, file = unknown_authority
    monkeypatch.setenv("SSL_CERT_FILE", file)
    context = make_context("http://127.0.0.1:1", CLERK_TO_BETTERAUTH_CSV_URL=f"{url}/users.csv")
    fetch_csv(context)
    assert context.settings.csv_file.exists()


def test_a_proxy_that_lets_nobody_through_is_named(make_context: MakeContext, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_shelf((407, {}, b"")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://canary:canary@127.0.0.1:{proxy.server_port}")
        error = refused(make_context(CLERK))
    assert error.message.startswith("HTTPS_PROXY: ")
    assert "407" in error.message


def test_a_page_of_a_firewall_is_no_word_of_clerks(make_context: MakeContext) -> None:
    for status in (403, 401, 451):
        with open_shelf((status, {"Content-Type": "text/html"}, b"<html>Blocked, canary</html>")) as shelf:
            error = refused(make_context(f"http://127.0.0.1:{shelf.server_port}/v1"))
        assert f"status {status}" in error.message
        assert "key" not in error.message


def test_an_unpaid_bill_is_told(make_context: MakeContext) -> None:
    body = b'{"errors": [{"code": "quota_exceeded"}]}'
    with open_shelf((402, {}, body)) as shelf, pytest.raises(ClerkKeyError) as caught:
        export_users(make_context(f"http://127.0.0.1:{shelf.server_port}/v1"))
    assert "402, quota_exceeded" in caught.value.message
    assert "Billing" in caught.value.hint


def test_an_answer_without_end_is_not_held(make_context: MakeContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand times larger unpacked than on the wire."""
    monkeypatch.setattr(client, "LARGEST_ANSWER", 1 << 20)
    bomb = gzip.compress(b'{"object": "total_count", "total_count": 0}' + b" " * (8 << 20))
    with (
        open_shelf((200, {"Content-Encoding": "gzip"}, bomb)) as shelf,
        pytest.raises(InputError, match="more than 1 MiB") as caught,
    ):
        export_users(make_context(f"http://127.0.0.1:{shelf.server_port}/v1"))
    assert "CLERK_API_URL" in caught.value.hint
    assert len(shelf.asked) == 1


def test_waiting_for_clerk_is_told(make_context: MakeContext) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    context = make_context(f"http://127.0.0.1:{port}/v1", retries=2)
    with structlog.testing.capture_logs() as logs, pytest.raises(TemporaryError, match="all 3 attempts") as caught:
        export_users(context)
    waits = [one for one in logs if one["event"] == "clerk.unreachable"]
    assert [(one["host"], one["attempt"], one["log_level"]) for one in waits] == [
        ("127.0.0.1", number, "warning") for number in (1, 2, 3)
    ]
    assert "ConnectError" in waits[0]["reason"]
    assert caught.value.exit_code == 75
