"""Fixtures: the job as a process of its own, to be killed; and what must be there however it ended."""

from pathlib import Path

import pytest

from sandbox.postgres import Postgres
from tests.support.job import Job
from tests.support.processes import Rows, make_job, rows_of_a_copy


@pytest.fixture
def job(lobechat_url: str, tmp_path: Path) -> Job:
    return make_job(lobechat_url, tmp_path)


@pytest.fixture
def expected(job: Job, server: Postgres) -> Rows:
    return rows_of_a_copy(job, server)
