"""The users of the simulated Clerk: encoded once into a file, in creation order, so that a page costs little."""

import os
import tempfile
import weakref
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

MOST_IDS = 100
LAST_ID = "\x7f"  # sorts after every id


class Place(NamedTuple):
    """Where a user's JSON lies in the file; sorts as Clerk orders users."""

    created_at: int
    id: str
    offset: int = 0
    length: int = 0


class ClerkUsers:
    """Any number of users: some hundred bytes of memory each, with the JSON on disk."""

    def __init__(self, users: Iterable[dict[str, Any]] = ()) -> None:
        self._file = tempfile.TemporaryFile(prefix="clerk-")  # noqa: SIM115 - lives as long as this object
        weakref.finalize(self, self._file.close)
        self._size = 0
        self._places = sorted(self._write(user) for user in users)
        self._file.flush()
        self._created_at = {place.id: place.created_at for place in self._places}

    def __contains__(self, user_id: str) -> bool:
        return user_id in self._created_at

    def put(self, user: dict[str, Any]) -> None:
        """Create a user, or change one."""
        if user["id"] in self:
            self.remove(user["id"])
        place = self._write(user)
        self._file.flush()
        self._created_at[place.id] = place.created_at
        self._places.insert(bisect_left(self._places, place), place)

    def remove(self, user_id: str) -> None:
        """Delete a user."""
        at = self._position(user_id)
        self._places = self._places[:at] + self._places[at + 1 :]
        del self._created_at[user_id]

    def bounds(self, after: int | None, before: int | None, *, inclusive: bool) -> tuple[int, int]:
        """The positions, from and up to, of the users created after and before these moments (or at them)."""
        low, high = 0, len(self._places)
        if after is not None:
            low = bisect_left(self._places, (after, "")) if inclusive else bisect_right(self._places, (after, LAST_ID))
        if before is not None:
            mark = (before, LAST_ID) if inclusive else (before, "")
            high = bisect_right(self._places, mark)
        return low, max(low, high)

    def behind(self, user_id: str, low: int, high: int, *, ascending: bool) -> tuple[int, int]:
        """The bounds again, without the users up to and with this one."""
        at = self._position(user_id)
        low, high = (max(low, at + 1), high) if ascending else (low, min(high, at))
        return low, max(low, high)

    def page(self, low: int, high: int, *, ascending: bool, offset: int, limit: int) -> bytes:
        """A JSON array of up to `limit` users."""
        if ascending:
            start = low + offset
            chosen = self._places[start : min(high, start + limit)]
        else:
            end = high - offset
            chosen = self._places[max(low, end - limit) : max(low, end)][::-1]
        return self._array(chosen)

    def named(self, user_ids: list[str], limit: int) -> bytes:
        """A JSON array of up to `limit` of these users; ids that nobody has are passed over.  Clerk takes up to 100."""
        if len(user_ids) > MOST_IDS:
            raise ValueError(f"user_id takes up to {MOST_IDS} ids")
        chosen = [self._places[self._position(user_id)] for user_id in user_ids if user_id in self]
        return self._array(chosen[:limit])

    def _array(self, places: list[Place]) -> bytes:
        return b"[" + b",".join([os.pread(self._file.fileno(), place.length, place.offset) for place in places]) + b"]"

    def _position(self, user_id: str) -> int:
        return bisect_left(self._places, (self._created_at[user_id], user_id))

    def _write(self, user: dict[str, Any]) -> Place:
        data = msgspec.json.encode(user)
        place = Place(user["created_at"], user["id"], self._size, len(data))
        self._size += self._file.write(data)
        return place
