"""Every batch asks whether the run's lock is still held: by its own session, the very lock, and not only waited for."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from job.lobechat.apply import apply
from job.lobechat.session.database_errors import LOCK_LOST
from job.lobechat.session.lock import LOCK_KEY
from job.lobechat.session.sql import read_sql
from tests.support.processes import wait_for_blocked_job

Session = Callable[[], Any]
LOCK = "SELECT pg_advisory_xact_lock(%s, %s)"
RUN = (LOCK_KEY["space"], LOCK_KEY["number"])


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """Open a session of the database; returns its cursor, inside a transaction."""
    opened = []

    def open_session() -> Any:
        opened.append(psycopg2.connect(database_url))
        return opened[-1].cursor()

    yield open_session
    for connection in opened:
        connection.close()


@pytest.fixture
def is_held(database_url: str) -> Iterator[Callable[[Any], bool]]:
    """Whether a session, given by its cursor, holds the run's lock."""
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as work:
        functions = read_sql(apply.__file__, "row_changes")
        work.execute(functions[functions.index("CREATE FUNCTION pg_temp.assert_lock") :])
        connection.commit()

        def is_held(holder: Any) -> bool:
            try:
                work.execute("SELECT pg_temp.assert_lock(%s)", (holder.connection.info.backend_pid,))
            except psycopg2.Error as exc:
                if exc.pgcode != LOCK_LOST:
                    raise
                return False
            finally:
                connection.rollback()
            return True

        yield is_held


def test_its_own_session_holds_it(session: Session, is_held: Callable[[Any], bool]) -> None:
    holder = session()
    holder.execute(LOCK, RUN)
    assert is_held(holder)
    holder.connection.rollback()
    assert not is_held(holder)


@pytest.mark.parametrize("key", [(RUN[0], RUN[1] + 1), (RUN[0] + 1, RUN[1])])
def test_another_lock_of_its_session_is_not_it(
    session: Session, is_held: Callable[[Any], bool], key: tuple[int, int]
) -> None:
    holder = session()
    holder.execute(LOCK, key)
    assert not is_held(holder)


def test_a_lock_on_a_table_is_not_it(session: Session, is_held: Callable[[Any], bool]) -> None:
    holder = session()
    holder.execute("CREATE TABLE some_table (); LOCK TABLE some_table")
    assert not is_held(holder)


def test_the_lock_of_another_run_is_not_it(session: Session, is_held: Callable[[Any], bool]) -> None:
    holder, other = session(), session()
    other.execute(LOCK, RUN)
    assert not is_held(holder)


def test_who_waits_for_it_does_not_hold_it(session: Session, is_held: Callable[[Any], bool]) -> None:
    holder, other = session(), session()
    other.execute(LOCK, RUN)
    waiting = threading.Thread(target=holder.execute, args=(LOCK, RUN))
    waiting.start()
    try:
        wait_for_blocked_job(other)
        assert not is_held(holder)
    finally:
        other.connection.rollback()
        waiting.join()
    assert is_held(holder)
