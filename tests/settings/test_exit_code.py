"""A bad environment ends the whole job with exit code 2, and nothing that it prints holds a secret."""

import shutil
from pathlib import Path

import pytest

from job.core.errors import ExitCode
from job.run import main
from tests.settings.test_corpus import CORPUS


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_bad_environment_ends_with_exit_code_2(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(path, tmp_path / ".env")
    assert main({}, tmp_path) == ExitCode.SETTINGS
    printed = capsys.readouterr()
    assert path.read_text().splitlines()[0].removeprefix("# expects ") in printed.out
    assert "canary" not in (printed.out + printed.err).lower()
