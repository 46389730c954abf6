"""The way to the database: whatever the password holds, whatever stands in libpq's own variables."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from job.lobechat.session import database
from sandbox.postgres import Postgres
from tests.support.job import Job
from tests.support.processes import start
from tests.support.refusing_server import refuse

PASSWORD = "p@ss/w0rd#1:? %41'\\\""


@pytest.fixture
def role(server: Postgres) -> Iterator[str]:
    """A superuser with a password that no URI can hold as it is."""
    quoted = PASSWORD.replace("'", "''")
    server.execute(f"SET standard_conforming_strings = on; CREATE ROLE awkward SUPERUSER LOGIN PASSWORD '{quoted}'")
    yield "awkward"
    server.execute("DROP OWNED BY awkward; DROP ROLE awkward")


def test_a_password_of_any_signs_connects_from_pgpassword(lobechat_url: str, tmp_path: Path, role: str) -> None:
    parts = urlsplit(lobechat_url)
    job = Job(f"postgresql://{role}@{parts.hostname}:{parts.port}{parts.path}", tmp_path)
    for variables, code in (({"PGPASSWORD": PASSWORD}, 0), ({"PGPASSWORD": "wrong"}, 2)):
        with start(job, STAGES="check", **variables) as process:
            output, _ = process.communicate(timeout=60)
        assert process.returncode == code, output[-2000:]
        assert PASSWORD[:8] not in output


def test_another_address_in_libpqs_variables_leads_nowhere(lobechat_url: str, tmp_path: Path) -> None:
    """PGHOSTADDR wins over the host of a URL in psql; a run goes where the URL says."""
    with start(Job(lobechat_url, tmp_path), STAGES="check", PGHOSTADDR="203.0.113.1", PGPORT="1") as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output[-2000:]


def test_all_parts_come_from_libpqs_variables(lobechat_url: str, tmp_path: Path) -> None:
    parts = urlsplit(lobechat_url)
    given = {
        "PGHOST": parts.hostname,
        "PGPORT": str(parts.port),
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": parts.path[1:],
    }
    with start(Job("postgresql://", tmp_path), STAGES="check", **given) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output[-2000:]
    assert f"{parts.hostname}{parts.path}" in output


REFUSALS = [
    ("28P01", 2, "FATAL", "Passwort-Authentifizierung für Benutzer »lobechat« fehlgeschlagen", "latin-1"),
    ("28P01", 2, "ВАЖНО", 'пользователь "lobechat" не прошёл проверку подлинности (по паролю)', "utf-8"),
    ("28P01", 2, "ВАЖНО", 'пользователь "lobechat" не прошёл проверку подлинности (по паролю)', "koi8-r"),
    ("28000", 2, "致命错误", '没有用于主机 "127.0.0.1" 的 pg_hba.conf 记录', "utf-8"),
    ("3D000", 2, "FATAL", "la base de données « lobechat » n'existe pas", "latin-1"),
    ("42501", 2, "FATAL", "permiso denegado a la base de datos «lobechat»", "utf-8"),
    ("53300", 75, "FATAL", "désolé, trop de clients sont déjà connectés", "utf-8"),
    ("57P03", 75, "FATAL", "das Datenbanksystem startet", "latin-1"),
]  # fmt: skip


@pytest.mark.parametrize(("sqlstate", "code", "severity", "text", "encoding"), REFUSALS)
def test_a_refusal_is_understood_in_any_language(  # noqa: PLR0913, PLR0917 - one refusal
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlstate: str, code: int, severity: str, text: str, encoding: str
) -> None:
    monkeypatch.setitem(database.PATIENCE_SECONDS, "node", 0.5)
    with refuse(sqlstate, severity, text, encoding) as server:
        job = Job(server.url, tmp_path)
        assert job.run(STAGES="check") == code
    error = job.report["error"]
    assert sqlstate in error["message"]
    assert error["hint"]
    assert text not in str(job.report)


def test_a_pooler_that_says_it_in_english_is_understood_by_its_text(tmp_path: Path) -> None:
    """PgBouncer gives the SQLSTATE of a protocol violation for everything."""
    with refuse("08P01", "FATAL", "password authentication failed") as server:
        assert Job(server.url, tmp_path).run(STAGES="check") == 2


def test_a_disk_too_full_for_a_new_connection_is_called_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL gives the SQLSTATE of a bug where it cannot keep a file for the connections to come."""
    monkeypatch.setitem(database.PATIENCE_SECONDS, "node", 0.5)
    with refuse("XX000", "FATAL", "could not write init file") as server:
        job = Job(server.url, tmp_path)
        assert job.run(STAGES="check") == 75
    assert "out of disk space" in job.report["error"]["message"]


def test_a_long_host_name_draws_no_notice(
    lobechat_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """PostgreSQL complains of a long application_name, on stderr, between the log's lines."""
    monkeypatch.setattr(socket, "gethostname", lambda: "clerk-to-betterauth-prod-" + "é" * 40 + "-x7k2p")
    assert Job(lobechat_url, tmp_path).run(STAGES="check") == 0
    assert capfd.readouterr().err == ""
