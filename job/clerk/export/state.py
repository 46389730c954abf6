"""What an export has fetched so far: a file for each range of creation time, and the cursors to go on from."""

import os
import shutil
import time
from pathlib import Path

import msgspec

from job.clerk.models import ClerkUser
from job.core.files import make_folder, write_file

MAX_AGE_SECONDS = 6 * 3600  # an older state tells of another time


class Range(msgspec.Struct):
    """Users created in [start, end), in milliseconds; end None: without an end."""

    start: int
    end: int | None
    cursor: str | None = None  # the last user of the last page
    reached: int = 0  # that user's moment
    boundary_ids: list[str] = []  # users of that very moment already written
    users: int = 0
    bytes: int = 0
    done: bool = False

    def wants(self, user: ClerkUser) -> bool:
        """Whether the user belongs to this range and was not written yet."""
        if user.created_at < max(self.start, self.reached) or (self.end is not None and user.created_at >= self.end):
            return False
        return user.created_at > self.reached or user.id not in self.boundary_ids


class _State(msgspec.Struct):
    fingerprint: str
    began_at: float
    ranges: list[Range]
    oldest: int = 0  # the first and the last user's moment when the export began
    newest: int = 0


class ExportState:
    """The part files of one export, in a folder of their own (0700; files 0600)."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.folder = folder
        self._state = _State(fingerprint, time.time(), [])

    @property
    def ranges(self) -> list[Range]:
        """The ranges; together they cover all time."""
        return self._state.ranges

    def open(self) -> bool:
        """Take up what a killed export left; false, and nothing left, where there is none to go on with."""
        try:
            state = msgspec.json.decode((self.folder / "state.json").read_bytes(), type=_State)
            fits = state.fingerprint == self._state.fingerprint and time.time() - state.began_at < MAX_AGE_SECONDS
            if fits and all(self._cut(number, one.bytes) for number, one in enumerate(state.ranges)):
                self._state = state
                return True
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            pass
        self.discard()
        return False

    def start(self, oldest: int, newest: int, count: int) -> None:
        """Begin anew with `count` ranges of the same width; the first takes in all before, the last all behind."""
        make_folder(self.folder)
        step = (newest - oldest) // count + 1
        starts = [0, *[oldest + step * number for number in range(1, count)]]
        ends = [*starts[1:], None]
        self._state.ranges = [Range(start, end) for start, end in zip(starts, ends, strict=True)]
        self._state.oldest, self._state.newest = oldest, newest
        self._save()

    def append(self, number: int, fresh: list[ClerkUser], lines: bytes, page: list[ClerkUser], *, full: int) -> None:
        """Add a page to a range: `lines` of its `fresh` users; a page that is not `full` is the last."""
        one = self.ranges[number]
        if lines:
            with os.fdopen(os.open(self._path(number), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
                file.write(lines)
        if page:
            last = page[-1]
            one.cursor = last.id
            if last.created_at >= one.reached:  # a page before it holds only what the range does not want
                same = one.boundary_ids if last.created_at == one.reached else []
                one.boundary_ids = [*same, *[user.id for user in fresh if user.created_at == last.created_at]]
                one.reached = last.created_at
        one.users += len(fresh)
        one.bytes += len(lines)
        one.done = len(page) < full or (one.end is not None and one.reached >= one.end)
        self._save()

    def split_longest(self, *, least_users: int) -> int | None:
        """Cut the range that seems to have the most users left, at least so many; returns the new one's number.

        How many it has left is taken from how many it gave so far.  Nobody was created behind `newest` at the start.
        """
        longest = max(self.ranges, key=self._users_left, default=None)
        if longest is None or self._users_left(longest) < least_users:
            return None
        end = self._end(longest)
        middle = end - (end - longest.reached) // 2
        if not longest.reached < middle < end:
            return None
        self.ranges.append(Range(middle, longest.end))
        longest.end = middle
        return len(self.ranges) - 1

    def _end(self, one: Range) -> int:
        return self._state.newest + 1 if one.end is None else one.end

    def _users_left(self, one: Range) -> float:
        if one.done or not one.users:
            return 0
        return one.users * (self._end(one) - one.reached) / max(1, one.reached - max(one.start, self._state.oldest))

    def reopen_end(self) -> None:
        """Have the latest users asked for again: some came after the last range was done."""
        for one in self.ranges:
            if one.end is None:
                one.done = False

    def users(self) -> int:
        """Users in all parts."""
        return sum(one.users for one in self.ranges)

    def paths(self) -> list[Path]:
        """The part files by creation time."""
        order = sorted(range(len(self.ranges)), key=lambda number: self.ranges[number].start)
        return [self._path(number) for number in order if self.ranges[number].users]

    def discard(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._state.ranges = []

    def _path(self, number: int) -> Path:
        return self.folder / f"part-{number}.json"

    def _cut(self, number: int, length: int) -> bool:
        """Cut what was written after the state was saved; false where less is there."""
        path = self._path(number)
        if not length:
            path.unlink(missing_ok=True)
            return True
        if not path.exists() or path.stat().st_size < length:
            return False
        os.truncate(path, length)
        return True

    def _save(self) -> None:
        write_file(self.folder / "state.json", msgspec.json.encode(self._state), durable=False)
