"""The simulated Clerk as a process of its own, so that it takes nothing from the job's speed and memory."""

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.clerk_server import KEY

READY = "serving on "


class ClerkProcess:
    """`python -m sandbox clerk` with a population; it begins at once and `with` waits until it serves."""

    def __init__(  # noqa: PLR0913 - one keyword for each property of the simulated instance
        self,
        users: int,
        seed: int = 1,
        *,
        conflicts: bool = False,
        limit: int | None = None,
        latency: float = 0.0,
        key: str = KEY,
    ) -> None:
        self.key = key
        self.url = ""
        options = [f"--users={users}", f"--seed={seed}", f"--key={key}", f"--latency={latency}", "--port=0"]
        options += ["--conflicts"] if conflicts else []
        options += [f"--limit={limit}"] if limit is not None else []
        self._process = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-m", "sandbox", "clerk", *options],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def __enter__(self) -> Self:
        assert self._process.stdout is not None  # noqa: S101 - tells mypy that it is a pipe
        line = self._process.stdout.readline().strip()
        if not line.startswith(READY):
            self.stop()
            raise RuntimeError("the simulated Clerk did not start; what it says is on standard error")
        self.url = f"http://{line.removeprefix(READY)}/v1"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process."""
        with self._process:
            self._process.terminate()
