"""Connections to LobeChat's PostgreSQL and the transactions on them."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg2
import sqlalchemy as sa
import stamina
import structlog
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

from job.core.stop import Stop
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

# The keepalives are the server's: what it holds for a run that is cut off from it, it lets go within a minute.
LIMITS = sa.text("""
    SELECT set_config('lock_timeout', :lock, true), set_config('statement_timeout', :statement, true),
           set_config('idle_in_transaction_session_timeout', :idle, true),
           set_config('transaction_read_only',
                      CASE WHEN :read_only THEN 'on' ELSE current_setting('transaction_read_only') END, true),
           set_config('search_path', 'pg_temp, public', true),
           set_config('work_mem', '64MB', true), set_config('temp_buffers', '64MB', true),
           set_config('default_statistics_target', '10', true), set_config('jit', 'off', true),
           set_config('TimeZone', 'UTC', true), set_config('tcp_keepalives_idle', '15', true),
           set_config('tcp_keepalives_interval', '5', true), set_config('tcp_keepalives_count', '4', true)""")


@dataclass(frozen=True)
class Database:
    """How to reach the database of this run.  `connection_string` is libpq's (`host=… dbname=…`) and a secret."""

    connection_string: str
    driver: str
    run_id: str
    stop: Stop
    statement_timeout_seconds: int

    def engine(self) -> Engine:
        """An engine without a pool; each connection is made with patience and named after the run."""
        return sa.create_engine(
            "postgresql+psycopg2://", creator=self._connect, poolclass=NullPool, hide_parameters=True
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
            made.set_result(psycopg2.connect(self.connection_string, **arguments))
        except (psycopg2.Error, UnicodeDecodeError) as exc:
            ask = partial(ask_sqlstate, self.connection_string, **arguments)
            made.set_exception(translate_connect(text_of(exc), ask))

    def _connect_arguments(self) -> dict[str, Any]:
        host = (
            socket.gethostname().encode("ascii", "replace")[-HOST_LETTERS:].decode()
        )  # a pod's name differs at its end
        return {"application_name": f"{APPLICATION_NAME} {self.run_id} {host}", "connect_timeout": 10, **KEEPALIVE}

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection whose running statement is cancelled when the run is told to stop and its grace is over."""
        with translated(self.stop):
            connection = self.engine().connect()
        unregister = self.stop.on_grace_over(_cancel(connection))
        try:
            yield connection
        finally:
            unregister()
            with suppressed():
                connection.close()

    @contextmanager
    def transaction(self, connection: Connection, *, read_only: bool = False) -> Iterator[None]:
        """One transaction with the run's time-outs; they end with it, so nothing leaks through a pooler."""
        with translated(self.stop), connection.begin():
            connection.execute(
                LIMITS,
                {
                    "lock": f"{LOCK_TIMEOUT_SECONDS}s",
                    "statement": f"{self.statement_timeout_seconds}s",
                    "idle": f"{IDLE_TIMEOUT_SECONDS}s",
                    "read_only": read_only,
                },
            )
            yield


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
