"""The pace of sign-in requests: no more than LobeChat takes from one address."""

import asyncio
import time

REQUESTS = 3  # Better Auth's limit for /sign-in*, in WINDOW_SECONDS
WINDOW_SECONDS = 10.0
MARGIN_SECONDS = 0.1


class SignInPace:
    """Three sign-in requests, then ten seconds without one.

    Better Auth (1.4.6 and 1.6.15) begins a new count only when ten seconds have passed since the last request, so
    requests that are spread evenly over the window would be refused from the fourth on.
    """

    def __init__(self) -> None:
        self._sent = 0
        self._last = 0.0

    async def turn(self) -> None:
        """Wait until one more request may be sent, and count it."""
        rest = self._last + WINDOW_SECONDS + MARGIN_SECONDS - time.monotonic()
        if rest <= 0:
            self._sent = 0
        elif self._sent >= REQUESTS:
            await asyncio.sleep(rest)
            self._sent = 0
        self._sent += 1
        self._last = time.monotonic()

    def answered(self) -> None:
        """The answer has come: the server's window began no later than now."""
        self._last = time.monotonic()
