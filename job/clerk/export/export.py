"""The export: all users of Clerk's API into clerk_users.json, complete or not at all.

Workers go through ranges of creation time side by side, each by cursor.  A worker that has finished takes the later
half of the longest range left, so no count of users by time is needed.  Ranges are half-open and filtered here: whether
Clerk counts a boundary in or out, no user is skipped or duplicated.  What was fetched lies in part files with their
cursors, so a killed export goes on where it was.
"""

import asyncio
import hashlib
import time
from dataclasses import dataclass

import msgspec
import structlog

from job.clerk.api.answers import CursorRefusedError
from job.clerk.api.client import PAGE, ClerkApi
from job.clerk.export.state import ExportState
from job.clerk.files.manifest import Manifest, manifest_path
from job.clerk.models import ClerkUser
from job.context import Context
from job.core.errors import ClerkKeyError, InputError, TemporaryError
from job.core.files import FileAside, write_file
from job.core.stoppable import run_stoppable

log = structlog.get_logger()

IDLE_SECONDS = 0.02


@dataclass(frozen=True)
class ExportResult:
    """The number of users fetched, and of the requests to Clerk that it took."""

    count: int
    requests: int


def export_users(context: Context) -> ExportResult:
    """Fetch every user and write clerk_users.json with its manifest, 0600.

    Raises ClerkKeyError, SettingsError, TemporaryError, or StoppedError; then no file of an earlier export has changed.
    """
    try:
        return _run(context)
    except OSError as exc:
        raise InputError(
            f"clerk_users.json cannot be written ({exc.strerror})",
            hint="make sure that the job may write to the data folder and that its disk has free space",
        ) from None


def _run(context: Context) -> ExportResult:
    try:
        return run_stoppable(context.stop, _Export(context).run)
    except BaseExceptionGroup as group:
        raise _first(group) from None


class _Export:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.settings = context.settings
        self.api = ClerkApi(self.settings)
        self.state = ExportState(self.settings.folder / ".export", _fingerprint(context))
        self.busy: set[int] = set()

    async def run(self) -> ExportResult:
        try:
            async with self.api:
                before = await self.api.count()
                resumed = self.state.open()
                if not resumed:
                    await self._start(before)
                self.context.progress.begin("export", before)
                self.context.progress.advance(self.state.users())
                await self._fetch_all()
                after = await self.api.count()
                if after > self.state.users():  # people signed up meanwhile
                    self.state.reopen_end()
                    await self._fetch_all()
                    after = await self.api.count()
        finally:
            self.context.progress.end()
        self._reconcile(before, after)
        return self._finish(resumed=resumed)

    async def _start(self, count: int) -> None:
        """As many ranges as there are workers, or pages if these are fewer."""
        (oldest, _), (newest, _) = await asyncio.gather(
            self.api.page(limit=1, order_by="+created_at"), self.api.page(limit=1, order_by="-created_at")
        )
        ranges = min(self.settings.export_concurrency, -(-count // PAGE)) if oldest and newest else 1
        low, high = (oldest[0].created_at, newest[0].created_at) if oldest and newest else (0, 0)
        self.state.start(low, high, max(1, ranges))

    async def _fetch_all(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(self.settings.export_concurrency):
                group.create_task(self._work())

    async def _work(self) -> None:
        while not all(one.done for one in self.state.ranges):
            if (number := self._take()) is None:
                await asyncio.sleep(IDLE_SECONDS)  # until a range proves long enough to be shared
                continue
            self.busy.add(number)
            try:
                while not self.state.ranges[number].done:
                    await self._fetch_page(number)
            finally:
                self.busy.discard(number)

    def _take(self) -> int | None:
        """A range that nobody is at, else the later half of the longest one."""
        for number, one in enumerate(self.state.ranges):
            if not one.done and number not in self.busy:
                return number
        return self.state.split_longest(least_users=2 * PAGE)

    async def _fetch_page(self, number: int) -> None:
        one = self.state.ranges[number]
        query: dict[str, str | int] = {"limit": PAGE, "order_by": "+created_at"}
        if one.cursor:
            query["starting_after"] = one.cursor
        if (since := max(one.start, one.reached)) > 0:
            query["created_at_after"] = since - 1
        if one.end is not None:
            query["created_at_before"] = one.end + 1
        try:
            users, answered_at = await self.api.page(**query)
        except CursorRefusedError:
            log.warning("export.cursor_refused", range=number)
            one.cursor = None  # its user was deleted: go on by time, past those already written
            return
        fresh = [user for user in users if one.wants(user)]
        if not fresh and len(users) == PAGE and users[-1].id == query.get("starting_after"):
            raise InputError(
                f"Clerk returns the same {PAGE} users again and again: it ignores starting_after",
                hint="make sure that nothing between the job and CLERK_API_URL drops parts of the query",
            )
        self.state.append(number, fresh, b"".join([_line(user, answered_at) for user in fresh]), users, full=PAGE)
        self.context.progress.advance(len(fresh))
        log.debug("export.page", range=number, users=len(fresh))

    def _reconcile(self, before: int, after: int) -> None:
        found = self.state.users()
        if found < min(before, after):
            self.state.discard()
            raise TemporaryError(
                f"the export is incomplete: {found} users found, Clerk counted {before} before and {after} after",
                hint="switch Clerk to Restricted mode, so that nobody signs up meanwhile, then run again",
            )
        if not before == after == found:
            log.warning("export.difference", counted_before=before, counted_after=after, found=found)

    def _finish(self, *, resumed: bool) -> ExportResult:
        target = self.settings.json_file
        count, digest = self.state.users(), hashlib.sha256()
        with FileAside(target) as file:

            def write(data: bytes) -> None:
                digest.update(data)
                file.write(data)

            write(b"[\n")
            left = count
            for path in self.state.paths():
                with path.open("rb") as part:
                    for line in part:
                        left -= 1
                        write(line if left else line.rstrip(b",\n") + b"\n")
            write(b"]\n")
            manifest_path(target).unlink(missing_ok=True)  # never an old manifest beside the new file
        manifest = Manifest(count, digest.hexdigest(), time.time_ns() // 1_000_000)
        write_file(manifest_path(target), msgspec.json.encode(manifest) + b"\n")
        self.state.discard()
        log.info("export.complete", users=count, requests=self.api.requests, resumed=resumed)
        return ExportResult(count, self.api.requests)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended the workers; a key that is refused says more than what came of it."""
    errors = [one for one in group.exceptions if not isinstance(one, BaseExceptionGroup)]
    return next((one for one in errors if isinstance(one, ClerkKeyError)), errors[0])


def _line(user: ClerkUser, answered_at: int) -> bytes:
    """The user on one line; a lockout that counts from the answer becomes a moment."""
    if user.lockout_expires_in_seconds is not None:
        expires = answered_at + user.lockout_expires_in_seconds * 1000
        user = msgspec.structs.replace(user, lockout_expires_at=expires, lockout_expires_in_seconds=None)
    return msgspec.json.encode(user) + b",\n"


def _fingerprint(context: Context) -> str:
    """Tells whether a state is of the same instance, without holding the key."""
    key = context.settings.clerk_secret_key
    secret = key.get_secret_value() if key else ""
    text = f"clerk-to-betterauth {context.settings.clerk_api_url} {secret}"
    return hashlib.scrypt(text.encode(), salt=b"clerk-to-betterauth export state", n=1 << 12, r=8, p=1).hex()[:32]
