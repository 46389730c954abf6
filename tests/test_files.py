"""Files arrive whole or not at all, for their owner only, and a killed run's remains do not stay for ever."""

import os
import time
from pathlib import Path

import pytest

from job.core.files import FORGOTTEN_SECONDS, FileAside, make_folder, write_file


def test_a_file_is_for_its_owner_only_whatever_stood_there(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("old")
    (tmp_path / "codes.csv").chmod(0o644)
    (tmp_path / "codes.csv.part").symlink_to(tmp_path / "elsewhere")
    write_file(tmp_path / "codes.csv", b"new")
    assert (tmp_path / "codes.csv").read_bytes() == b"new"
    assert (tmp_path / "codes.csv").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "elsewhere").exists()


def test_a_block_that_fails_leaves_the_earlier_file_and_nothing_else(tmp_path: Path) -> None:
    write_file(tmp_path / "a", b"first")
    with pytest.raises(TypeError), FileAside(tmp_path / "a") as file:
        file.write("no bytes")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "first")]


def test_what_a_killed_run_left_aside_goes_after_a_day(tmp_path: Path) -> None:
    forgotten, fresh = tmp_path / ".a.one.part", tmp_path / ".a.two.part"
    for path in (forgotten, fresh):
        path.touch()
    then = time.time() - FORGOTTEN_SECONDS - 1
    os.utime(forgotten, (then, then))
    write_file(tmp_path / "a", b"")
    assert {path.name for path in tmp_path.iterdir()} == {"a", fresh.name}


def test_folders_are_for_their_owner_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path / "data" / "test")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("", "data", "data/test")] == [0o755, 0o700, 0o700]
