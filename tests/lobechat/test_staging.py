"""Both files become rows of temporary tables: each value in its column, by the same few round trips for any number."""

import hashlib
import os
import re
import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import psycopg2
import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from bench.link import Link
from job.clerk.files.csv_file import read_csv
from job.clerk.files.manifest import Manifest, manifest_path
from job.clerk.models import ClerkUser, PhoneNumber, Verification
from job.context import Context
from job.core.errors import InputError, StoppedError
from job.core.progress import Progress
from job.core.stop import Stop
from job.lobechat.session import temporary
from job.lobechat.staging.addresses import stage_addresses
from job.lobechat.staging.staging import Staging
from job.lobechat.tables import RUN
from job.mapping import map_user
from job.mapping.rows import MappingOptions
from job.settings import load_settings
from tests.support.job import DIGEST, PREFIX, Job, google, user

OPTIONS = MappingOptions(
    csv_expected=True,
    preserve_two_factor=True,
    auth_secret="a-secret",
    provider_map={},
    enabled_providers=None,
    links_verified_only=True,
    exported_at_ms=0,
)
CELLS = {"password_digest": "$2y$" + DIGEST[4:], "password_hasher": "bcrypt", "totp_secret": "7" * 31 + "Q"}
TABLES = ("staged_users", "staged_accounts", "staged_two_factor", "staged_findings")

Stage = Callable[..., Staging]


@pytest.fixture
def connection(lobechat_url: str) -> Iterator[Connection]:
    engine = sa.create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(lobechat_url))
    with engine.connect() as made:
        temporary.create(made, temporary.read_present_columns(made), dict.fromkeys(RUN))
        yield made
    engine.dispose()


@pytest.fixture
def stage(connection: Connection, job: Job) -> Stage:
    def run(*, chunk_size: int = 7, processes: int = 0, **settings: str) -> Staging:
        with context(job, **settings) as made:
            staging = Staging(made, chunk_size, processes)
            staging.stage(connection, OPTIONS)
            return staging

    return run


@contextmanager
def context(job: Job, **settings: str) -> Iterator[Context]:
    given = {f"TEST_{PREFIX}DATABASE_URL": job.url, f"{PREFIX}DATABASE_DRIVER": "node", f"{PREFIX}STAGES": "migrate"}
    with Stop() as stop, Progress("json") as progress:
        own = {PREFIX + name: value for name, value in settings.items()}
        yield Context(load_settings({**given, **own}, job.folder), "a-run", stop, progress)


def rows(connection: Connection, table: str, order: str = "1, 2, 3") -> list[dict[str, Any]]:
    found = connection.execute(sa.text(f"SELECT * FROM pg_temp.{table} ORDER BY {order}"))
    return [dict(row) for row in found.mappings()]


def someone(number: int, **fields: Any) -> ClerkUser:
    return user(
        number,
        username=f"name{number}",
        first_name="Ada\t",
        last_name="Byron \\ King",
        image_url="https://example.org/ada",
        has_image=True,
        phone_numbers=(PhoneNumber("p", f"+1555{number:04}", Verification("verified")),),
        primary_phone_number_id="p",
        external_accounts=(google(number),),
        password_enabled=True,
        totp_enabled=True,
        updated_at=1_700_000_000_001,
        last_active_at=1_700_000_000_002,
        **fields,
    )


def test_each_value_that_the_mapping_gives_stands_in_the_column_of_its_name(
    job: Job, connection: Connection, stage: Stage
) -> None:
    one = someone(1, locked=True, lockout_expires_at=4_000_000_000_000)
    job.give([one], user_1=CELLS)
    stage()
    [csv_row] = read_csv(job.folder / "data/test/clerk_exported_users.csv")
    mapped = map_user(csv_row, one, OPTIONS)
    assert mapped.two_factor is not None
    assert rows(connection, "staged_users") == [mapped.user._asdict()]
    assert rows(connection, "staged_accounts") == sorted(
        (account._asdict() for account in mapped.accounts), key=lambda row: row["id"]
    )
    assert rows(connection, "staged_two_factor") == [
        {**mapped.two_factor._asdict(), "codes": " ".join(mapped.two_factor.codes)}
    ]
    assert None not in {value for value in mapped.user._asdict().values() if not isinstance(value, bool)}


@pytest.mark.parametrize("processes", [0, 2])
def test_many_chunks_give_what_one_gives(job: Job, connection: Connection, stage: Stage, processes: int) -> None:
    users = [someone(number) for number in range(1, 101)]
    only_csv = {f"user_csv_{number}": CELLS for number in range(30)}
    job.give(users, **{one.id: CELLS for one in users[20:]}, **only_csv)
    found = []
    for size, number in ((1000, 0), (7, processes)):
        staging = stage(chunk_size=size, processes=number)
        assert (staging.csv_rows, staging.users, staging.missing) == (130, 100, 0)
        found.append({table: rows(connection, table) for table in TABLES})
        for table in TABLES:
            connection.execute(sa.text(f"DELETE FROM pg_temp.{table}"))
    assert found[0] == found[1]
    assert [len(found[0][table]) for table in TABLES][:3] == [130, 210, 110]


def test_of_an_id_twice_in_the_csv_the_last_row_counts_and_the_id_is_told(
    job: Job, connection: Connection, stage: Stage
) -> None:
    job.give([user(1), user(2)], user_1={"password_digest": "old"}, user_2=CELLS)
    path = job.folder / "data/test/clerk_exported_users.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[1].replace("old", DIGEST)]) + "\n")
    assert stage().csv_rows == 3
    assert rows(connection, "staged_twice", "1") == [{"id": "user_1"}]
    assert len(rows(connection, "staged_users")) == 2


def test_without_a_csv_everyone_is_staged_from_the_api_alone(job: Job, connection: Connection, stage: Stage) -> None:
    job.give([user(1)])
    assert stage(CSV="none").csv_rows == 0
    assert [(row["in_api"], row["in_csv"]) for row in rows(connection, "staged_users")] == [(True, False)]


@pytest.mark.parametrize(
    ("exported", "message"), [(True, "16 good users of 30"), (False, "user 17: Expected `str | null`")]
)
def test_a_user_who_cannot_be_decoded_is_told_as_the_stage_check_tells_it(
    job: Job, stage: Stage, *, exported: bool, message: str
) -> None:
    job.give([someone(number) for number in range(1, 31)])
    path = job.folder / "data/test/clerk_users.json"
    data = path.read_bytes().replace(b'"username":"name17"', b'"username":17')
    path.write_bytes(data)
    if exported:
        manifest = Manifest(30, hashlib.sha256(data).hexdigest(), exported_at=1)
        manifest_path(path).write_bytes(msgspec.json.encode(manifest))
    with pytest.raises(InputError, match=re.escape(message)):
        stage(processes=2)


def test_what_the_csv_lacks_is_told_at_its_line_before_any_user_is_staged(
    job: Job, connection: Connection, stage: Stage
) -> None:
    job.give([user(1)], **{"user ä": {}})
    with pytest.raises(InputError, match="1 of 2 rows are bad"):
        stage()
    connection.rollback()


def test_a_signal_ends_it_between_two_chunks(job: Job, connection: Connection) -> None:
    job.give([user(number) for number in range(1, 101)])
    with context(job) as made:
        heard = threading.Event()
        made.stop.on_stop(heard.set)
        os.kill(os.getpid(), 15)
        assert heard.wait(10)
        with pytest.raises(StoppedError), structlog.testing.capture_logs():
            Staging(made, 7, 0).stage(connection, OPTIONS)


def test_nothing_of_the_csv_lies_in_a_file_with_a_name(job: Job, stage: Stage) -> None:
    job.give([user(1)], user_1=CELLS)
    folder = job.folder / "data/test"
    before = set(folder.iterdir())
    stage()
    assert set(folder.iterdir()) == before


def test_a_disk_without_room_for_temporary_files_is_named(job: Job, stage: Stage) -> None:
    users = [someone(number) for number in range(1000)]
    job.give(users, **{one.id: CELLS for one in users})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, limits[1]))
    try:
        with pytest.raises(InputError, match=r"cannot be written to the data folder \(File too large\)"):
            stage()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_the_round_trips_are_the_same_for_any_number_of_users(lobechat_url: str, job: Job) -> None:
    with Link(lobechat_url, 0.0) as link:
        assert count_round_trips(link, job, 10) == count_round_trips(link, job, 1000)


def count_round_trips(link: Link, job: Job, users: int) -> int:
    job.sql("DELETE FROM users")
    job.sql("INSERT INTO users (id, email) SELECT n, 'ODD' || n FROM generate_series(1, %s) n", users)
    job.give([someone(number) for number in range(users)], **{f"user_{number}": CELLS for number in range(users)})
    engine = sa.create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(link.url))
    with engine.connect() as connection, context(job) as made:
        temporary.create(connection, temporary.read_present_columns(connection), dict.fromkeys(RUN))
        link.reset()
        stage_addresses(connection, job.folder)
        Staging(made, 7, 0).stage(connection, OPTIONS)
        return link.round_trips
