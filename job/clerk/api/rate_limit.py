"""One pace for all requests to Clerk, and one pause when Clerk asks for it."""

import asyncio
import time

WINDOW_SECONDS = 10
REQUESTS = {"sk_live_": 1000, "sk_test_": 100}  # in that window, for each instance (Clerk's documentation)
SHARE = 0.8  # the rest stays free for LobeChat, which uses the same instance until the switch


class RateLimit:
    """Evenly spaced turns, so that no window of ten seconds ever holds too many."""

    def __init__(self, key: str) -> None:
        requests = next((number for prefix, number in REQUESTS.items() if key.startswith(prefix)), 100)
        self._interval = WINDOW_SECONDS / (requests * SHARE)
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next turn."""
        while True:
            now = time.monotonic()
            if self._next <= now:
                self._next = now + self._interval
                return
            await asyncio.sleep(self._next - now)

    def pause(self, seconds: float) -> None:
        """No turn before `seconds` have passed."""
        self._next = max(self._next, time.monotonic() + seconds)
