"""A report on settings of its own folder."""

import itertools
from pathlib import Path

from job.report import Report
from job.settings import load_settings

PREFIX = "CLERK_TO_BETTERAUTH_"


NUMBERS = itertools.count()


def make_report(folder: Path, **variables: str) -> Report:
    """A prepared report in `folder`/report; each one is of a run of its own."""
    environ = {
        f"TEST_{PREFIX}DATABASE_URL": "postgresql://lobe:canary-password@db.test/lobechat",
        f"TEST_{PREFIX}CLERK_SECRET_KEY": "sk_test_canary",
        f"{PREFIX}REPORT_DIR": "report",
        f"{PREFIX}DRY_RUN": "0",
    }
    report = Report(load_settings(environ | variables, folder), f"20260101T000000Z-{next(NUMBERS):04x}")
    report.prepare()
    return report
