"""Temporary files for what is too large for memory."""

import tempfile
from pathlib import Path
from typing import IO

from job.core.files import make_folder


def open_spool(folder: Path) -> IO[bytes]:
    """A temporary file without a name, readable for this process alone, and gone with it however it ends.

    It lies in `folder`, made if missing, and not in /tmp, which containers often keep in memory.  Raises OSError.
    """
    make_folder(folder)
    return tempfile.TemporaryFile(dir=folder)
