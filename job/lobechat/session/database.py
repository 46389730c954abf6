"""Connections to LobeChat's PostgreSQL and the transactions on them."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import psycopg2
import sqlalchemy as sa
import stamina
import structlog
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

from job.core.stop import Stop
from job.lobechat.session import dialect
from job.lobechat.session.database_errors import UnreachableError, translate_connect, translated
from job.lobechat.session.refusal import ask_sqlstate, text_of

log = structlog.get_logger()

APPLICATION_NAME = "clerk-to-betterauth"
HOST_LETTERS = 20  # with name and run id 62: PostgreSQL cuts at 63 bytes, and prints a NOTICE on stderr
LOCK_TIMEOUT_SECONDS = 10
IDLE_TIMEOUT_SECONDS = 600
PATIENCE_SECONDS = {"neon": 90, "node": 30}  # a sleeping Neon branch wakes within a minute
SIGNAL_SECONDS = 0.2  # how soon a signal is heard while a connection is being made
KEEPALIVE = {"keepalives": 1, "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 4}

SEARCH_PATH = "SELECT set_config('search_path', 'pg_catalog, pg_temp', false)"  # nobody's function is ever called

# Tables that a run has just filled can have no statistics yet: taken for small ones, they would be read row by row; so
# nested loops are off for statements on all users.  The keepalives are the server's: what it holds for a run that is
# cut off from it, it lets go within a minute.
LIMITS = """
    SELECT set_config('lock_timeout', %(lock)s, true), set_config('statement_timeout', %(statement)s, true),
           set_config('idle_in_transaction_session_timeout', %(idle)s, true),
           set_config('transaction_read_only',
                      CASE WHEN %(read_only)s THEN 'on' ELSE current_setting('transaction_read_only') END, true),
           set_config('enable_nestloop', %(nested_loops)s, true),
           set_config('work_mem', '64MB', true), set_config('temp_buffers', '64MB', true),
           set_config('default_statistics_target', '10', true), set_config('jit', 'off', true),
           set_config('quote_all_identifiers', 'off', true),
           set_config('TimeZone', 'UTC', true), set_config('tcp_keepalives_idle', '15', true),
           set_config('tcp_keepalives_interval', '5', true), set_config('tcp_keepalives_count', '4', true)"""
BEGIN = f"BEGIN;{LIMITS}"
BEGIN_ONE_STATE = f"BEGIN ISOLATION LEVEL REPEATABLE READ;{LIMITS}"


@dataclass(frozen=True)
class Database:
    """How to reach the database of this run.  `connection_string` is libpq's (`host=… dbname=…`) and a secret."""

    connection_string: str
    driver: str
    run_id: str
    stop: Stop
    statement_timeout_seconds: int

    @cached_property
    def engine(self) -> Engine:
        """An engine without a pool; each connection is made with patience and named after the run."""
        return sa.create_engine(
            dialect.URL,
            creator=self._connect,
            poolclass=NullPool,
            hide_parameters=True,
            use_native_hstore=False,  # else every connection asks for the type
        )

    def _connect(self) -> Any:
        patience = PATIENCE_SECONDS[self.driver]
        for attempt in stamina.retry_context(on=UnreachableError, attempts=None, timeout=patience, wait_max=5):
            with attempt:
                try:
                    return self._connect_once()
                except UnreachableError as exc:
                    log.warning("database.unreachable", attempt=attempt.num, reason=exc.message)
                    raise
        raise AssertionError  # retry_context either returns or raises

    def _connect_once(self) -> Any:
        """In a thread of its own: libpq waits for each address of the host in turn, and hears no signal meanwhile."""
        made: Future[Any] = Future()
        threading.Thread(target=self._make_connection, args=(made,), name="connect", daemon=True).start()
        while True:
            self.stop.check()
            with suppress(TimeoutError):
                return made.result(SIGNAL_SECONDS)

    def _make_connection(self, made: "Future[Any]") -> None:
        arguments = self._connect_arguments()
        try:
            connection = psycopg2.connect(self.connection_string, **arguments)
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(SEARCH_PATH)
            connection.autocommit = False
            made.set_result(connection)
        except (psycopg2.Error, UnicodeDecodeError) as exc:
            ask = partial(ask_sqlstate, self.connection_string, **arguments)
            made.set_exception(translate_connect(text_of(exc), ask))

    def _connect_arguments(self) -> dict[str, Any]:
        host = (
            socket.gethostname().encode("ascii", "replace")[-HOST_LETTERS:].decode()
        )  # a pod's name differs at its end
        return {
            "application_name": f"{APPLICATION_NAME} {self.run_id} {host}",
            "client_encoding": "UTF8",  # whatever role, database or PGCLIENTENCODING say
            "connect_timeout": 10,
            **KEEPALIVE,
        }

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection whose running statement is cancelled when the run is told to stop and its grace is over."""
        with translated(self.stop):
            connection = self.engine.connect()
        unregister = self.stop.on_grace_over(_cancel(connection))
        try:
            yield connection
        finally:
            unregister()
            with suppressed():
                connection.close()

    @contextmanager
    def transaction(
        self, connection: Connection, *, read_only: bool = False, whole_tables: bool = False, one_state: bool = False
    ) -> Iterator[None]:
        """One transaction with the run's time-outs; they end with it, so nothing leaks through a pooler.

        `whole_tables`: for statements on all users at once.  `one_state`: all statements see the database as it is at
        the first.  To begin is one round trip, whatever is set; psycopg2 alone would send its own BEGIN first.
        """
        with translated(self.stop), _by_hand(connection):
            begin = BEGIN_ONE_STATE if one_state else BEGIN
            connection.exec_driver_sql(begin, self._limits(read_only=read_only, whole_tables=whole_tables))
            try:
                yield
            except BaseException:
                with suppressed():
                    connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    def call(self, connection: Connection, statement: str, **values: object) -> Any:
        """Run one statement as a transaction of its own, in one round trip; returns its only row."""
        with translated(self.stop), _by_hand(connection):
            values |= self._limits(read_only=False, whole_tables=False)
            return connection.exec_driver_sql(f"{LIMITS};\n{statement}", values).one()

    def _limits(self, *, read_only: bool, whole_tables: bool) -> dict[str, object]:
        return {
            "lock": f"{LOCK_TIMEOUT_SECONDS}s",
            "statement": f"{self.statement_timeout_seconds}s",
            "idle": f"{IDLE_TIMEOUT_SECONDS}s",
            "read_only": read_only,
            "nested_loops": "off" if whole_tables else "on",
        }


@contextmanager
def _by_hand(connection: Connection) -> Iterator[None]:
    """For the time of the block psycopg2 sends neither BEGIN nor COMMIT of its own."""
    raw: Any = connection.connection.dbapi_connection
    raw.autocommit = True
    try:
        yield
    finally:
        with suppressed():
            connection.rollback()  # SQLAlchemy's own idea of a transaction; nothing is sent
            raw.autocommit = False


def _cancel(connection: Connection) -> Callable[[], None]:
    raw = connection.connection.dbapi_connection

    def cancel() -> None:
        with suppressed():
            raw.cancel()  # type: ignore[union-attr] # None only after a close

    return cancel


@contextmanager
def suppressed() -> Iterator[None]:
    """Pass over database errors while cleaning up: they would hide the first one."""
    try:
        yield
    except (psycopg2.Error, sa.exc.SQLAlchemyError):
        log.debug("database.cleanup_failed")
