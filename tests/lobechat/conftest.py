"""The real job on a database of its own."""

from pathlib import Path

import pytest

from tests.support.job import Job


@pytest.fixture
def job(lobechat_url: str, tmp_path: Path) -> Job:
    return Job(lobechat_url, tmp_path)
