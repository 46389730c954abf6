"""`python -m job`: settings from the environment, one run, one exit code."""

import os
import sys
from pathlib import Path

from job.run import main

if __name__ == "__main__":
    sys.exit(main(os.environ, Path.cwd()))
