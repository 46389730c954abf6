"""Clerk's rate limit: so many requests in any ten seconds; after one too many, all are refused for a while."""

import math
import time
from collections import deque

WINDOW_SECONDS = 10


class Window:
    """Counts the requests of the last ten seconds; `limit` None lets all pass."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self._times: deque[float] = deque()
        self._refused_until = 0.0

    def ask(self) -> int | None:
        """Take one request: None where it may pass, else the seconds to wait (Retry-After)."""
        if self.limit is None:
            return None
        now = time.monotonic()
        while self._times and self._times[0] <= now - WINDOW_SECONDS:
            self._times.popleft()
        if now >= self._refused_until and len(self._times) < self.limit:
            self._times.append(now)
            return None
        if now >= self._refused_until:
            first = self._times[0] if self._times else now
            self._refused_until = first + WINDOW_SECONDS
        return max(1, math.ceil(self._refused_until - now))
