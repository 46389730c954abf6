"""`python -m job`: settings from the environment, one run, one exit code; or --help, or --version."""

import os
import sys
from pathlib import Path

from job.core.output import open_standard_streams
from job.run import main
from job.usage import answer


def start(arguments: list[str]) -> int:
    """Answer what the arguments ask for, or run the job; returns the exit code."""
    open_standard_streams()
    answered = answer(arguments)
    if answered is None:
        return main(os.environ, Path.cwd())
    code, text = answered
    stream = sys.stderr if code else sys.stdout
    stream.write(f"{text}\n")
    return code


if __name__ == "__main__":
    sys.exit(start(sys.argv[1:]))
