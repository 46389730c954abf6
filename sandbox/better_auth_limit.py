"""Better Auth's rate limit (1.4.6 and 1.6.15), as LobeChat 2 has it in production."""

import math
import threading
import time

SIGN_IN_REQUESTS, REQUESTS = 3, 100


class BetterAuthLimit:
    """Counts the requests of each address to each path.

    A new count begins when `window_seconds` have passed since the last request that was let through: whoever asks all
    the time is refused all the time.
    """

    def __init__(self, window_seconds: float = 10.0) -> None:
        self.window_seconds = window_seconds
        self._counts: dict[tuple[str, str], tuple[int, float]] = {}
        self._lock = threading.Lock()

    def ask(self, address: str, path: str) -> int | None:
        """Take one request: None where it may pass, else the whole seconds to wait (X-Retry-After)."""
        most = SIGN_IN_REQUESTS if path.startswith("/sign-in") else REQUESTS
        now = time.monotonic()
        with self._lock:
            count, last = self._counts.get((address, path), (0, 0.0))
            rest = last + self.window_seconds - now
            if rest > 0 and count >= most:
                return math.ceil(rest)
            self._counts[address, path] = (count + 1 if rest > 0 else 1, now)
            return None
