"""All that an operator has before the migration, put up and taken down together."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.clerk_csv import write_csv
from sandbox.clerk_process import ClerkProcess
from sandbox.clerk_server import KEY
from sandbox.lobechat import LOBECHAT_1, create_lobechat, fill_lobechat
from sandbox.population import Person, people
from sandbox.postgres import Postgres

CSV_FILE = "clerk_exported_users.csv"


class Sandbox:
    """A LobeChat database at revision 0040 full of users, a Clerk that serves them, and their CSV.

    `folder` is the job's data folder, a temporary one if None.  `limit` is Clerk's requests in ten seconds, `latency`
    its seconds before each answer.
    """

    clerk_key = KEY

    def __init__(  # noqa: PLR0913 - one keyword for each property
        self,
        users: int = 1000,
        seed: int = 1,
        folder: Path | None = None,
        *,
        conflicts: bool = False,
        limit: int | None = None,
        latency: float = 0.0,
        version: int = 16,
        chats: bool = True,
    ) -> None:
        self.users, self.seed, self.conflicts = users, seed, conflicts
        self.postgres = Postgres(version)
        self.folder = folder or Path()
        self.database_url = self.clerk_url = ""
        self._limit, self._latency, self._chats, self._temporary = limit, latency, chats, folder is None
        self._stack = ExitStack()

    @property
    def csv_file(self) -> Path:
        """The dashboard's export, where the job looks for it in test mode."""
        return self.folder / "test" / CSV_FILE

    def people(self) -> Iterator[Person]:
        """Everyone, from the beginning."""
        return people(self.users, self.seed, conflicts=self.conflicts)

    def settings(self) -> dict[str, str]:
        """The job's variables that say where everything is."""
        return {
            "TEST_CLERK_TO_BETTERAUTH_DATABASE_URL": self.database_url,
            "TEST_CLERK_TO_BETTERAUTH_CLERK_SECRET_KEY": self.clerk_key,
            "CLERK_TO_BETTERAUTH_DATABASE_DRIVER": "node",
            "CLERK_TO_BETTERAUTH_DATA_DIR": str(self.folder),
            "CLERK_API_URL": self.clerk_url,
        }

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            if self._temporary:
                self.folder = Path(tempfile.mkdtemp(prefix="sandbox-"))
                stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            clerk = ClerkProcess(
                self.users, self.seed, conflicts=self.conflicts, limit=self._limit, latency=self._latency
            )
            stack.callback(clerk.stop)
            stack.enter_context(self.postgres)
            self.database_url = self.postgres.url(self.postgres.create_database(name="lobechat"))
            create_lobechat(self.database_url, LOBECHAT_1)
            fill_lobechat(self.database_url, self.people(), chats=self._chats)
            write_csv(self.csv_file, self.people())
            self.clerk_url = stack.enter_context(clerk).url  # it got ready meanwhile
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._stack.close()
