"""Fixtures: a report on settings of its own folder."""

from pathlib import Path

import pytest

from job.report import Report
from tests.support.reports import make_report


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return make_report(tmp_path)
