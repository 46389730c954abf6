"""The way to the database: whatever the password holds, whatever stands in libpq's own variables."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sandbox.postgres import Postgres
from tests.reliability.conftest import start
from tests.support.job import Job

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
