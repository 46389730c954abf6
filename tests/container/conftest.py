"""Fixtures: the two images, PostgreSQL with a filled LobeChat 1.143, and the simulated Clerk, each in a container."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from sandbox.clerk_csv import write_csv
from sandbox.population import people
from tests.container.engine import JOB, POSTGRES, SANDBOX, Container, build, docker, hardened, wait_until
from tests.container.settings import ALWAYS, CSV, USERS, Start, url


@pytest.fixture(scope="session")
def job_image() -> str:
    return build("job", JOB)


@pytest.fixture(scope="session")
def sandbox_image() -> str:
    return build("sandbox", SANDBOX)


@pytest.fixture(scope="session")
def clerk(sandbox_image: str) -> Iterator[Container]:
    """The simulated Clerk on port 8080; everything else shares its network, so that all meet on 127.0.0.1."""
    with Container(sandbox_image, "clerk", "--users", USERS) as container:
        wait_until("Clerk serves", lambda: "serving on" in container.logs())
        yield container


@pytest.fixture
def slow_clerk(sandbox_image: str, clerk: Container) -> Iterator[str]:
    """A Clerk that takes 20 seconds for each answer; its address."""
    command = ("clerk", "--users", USERS, "--port", "8081", "--latency", "20")
    with Container(sandbox_image, *command, options=[f"--network=container:{clerk.id}"]) as container:
        wait_until("the slow Clerk serves", lambda: "serving on" in container.logs())
        yield "http://127.0.0.1:8081/v1"


@pytest.fixture(scope="session")
def postgres(clerk: Container) -> Iterator[Container]:
    options = [f"--network=container:{clerk.id}", "--env=POSTGRES_PASSWORD=test", "--tmpfs=/var/lib/postgresql/data"]
    with Container(POSTGRES, options=options) as container:
        ready = ("exec", container.id, "pg_isready", "--host=127.0.0.1", "--username=postgres")
        wait_until("PostgreSQL is ready", lambda: "accepting connections" in docker(*ready, check=False))
        yield container


@pytest.fixture(scope="session")
def lobechat(sandbox_image: str, clerk: Container, postgres: Container) -> str:
    """The database to copy from: LobeChat 1.143 with users."""
    postgres.execute("createdb", "--username=postgres", "lobechat")
    command = ("lobechat", "--users", USERS, "--url", url("lobechat"))
    with Container(sandbox_image, *command, options=[f"--network=container:{clerk.id}"]) as container:
        ended = container.ended()
    assert ended.code == 0, ended.lines[-3:]
    return "lobechat"


@pytest.fixture
def database(postgres: Container, lobechat: str, numbers: Iterator[int]) -> str:
    """A fresh copy of the filled LobeChat 1.143; its name."""
    name = f"copy_{next(numbers)}"
    postgres.execute("createdb", "--username=postgres", f"--template={lobechat}", name)
    return name


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the dashboard's CSV in its place."""
    folder = tmp_path / "data"
    (folder / "test").mkdir(parents=True)
    write_csv(folder / "test" / CSV, people(int(USERS), 1))
    return folder


@pytest.fixture
def start(job_image: str, clerk: Container, data: Path, database: str) -> Iterator[Start]:
    """Starts the job as the manifests do, with `settings` beside those every run needs; None takes one away."""
    with ExitStack() as containers:

        def start(*options: str, **settings: str | None) -> Container:
            together = {**ALWAYS, "TEST_CLERK_TO_BETTERAUTH_DATABASE_URL": url(database), **settings}
            environment = [f"--env={name}={value}" for name, value in together.items() if value is not None]
            places = [f"--network=container:{clerk.id}", f"--volume={data}:/data", *environment]
            return containers.enter_context(Container(job_image, options=[*places, *(options or hardened())]))

        yield start
