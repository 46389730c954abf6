"""The checks are quick where the database is far away."""

from urllib.parse import urlsplit

import pytest

from tests.support.distance import CountingProxy
from tests.support.job import Job

SECONDS_A_TRIP = 0.05
QUICK_SECONDS = 10


@pytest.mark.parametrize("schema", ["check", "upgrade"])
def test_on_a_database_50_ms_away_the_checks_take_less_than_ten_seconds(
    job: Job, lobechat_1_url: str, schema: str
) -> None:
    """From the lock on; the time that Clerk and the disk take is their own."""
    url = lobechat_1_url if schema == "upgrade" else job.url
    port = urlsplit(url).port
    assert port is not None
    with CountingProxy(port) as proxy:
        job.url = url.replace(f":{port}/", f":{proxy.port}/")
        assert job.run(STAGES="check", SCHEMA=schema, DRY_RUN="1") == 0
        assert 0 < proxy.round_trips * SECONDS_A_TRIP < QUICK_SECONDS
