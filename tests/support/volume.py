"""A small file system of its own, which can be filled up.  Only root may mount one."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CAP_SYS_ADMIN = 21


def may_mount() -> bool:
    """Whether this process may mount a file system: root may, but for most containers."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return any(line.startswith("CapEff:") and int(line.split()[1], 16) >> CAP_SYS_ADMIN & 1 for line in lines)


needs_mount = pytest.mark.skipif(not may_mount(), reason="only root may mount a file system")


@contextmanager
def mount_volume(size: int) -> Iterator[Path]:
    """A file system in memory of so many bytes."""
    with tempfile.TemporaryDirectory(prefix="volume-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "volume", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def leave_room(volume: Path, room: int) -> None:
    """Fill the file system until only that many bytes are free."""
    ballast = volume / "ballast"
    ballast.unlink(missing_ok=True)
    state = os.statvfs(volume)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, state.f_bavail * state.f_frsize - room)
