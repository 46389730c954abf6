"""Over a long link what counts is how often the job waits for an answer."""

from pathlib import Path

import pytest

from bench.link import Link
from job.settings import Stage
from job.stages import STAGES, Outcome, Run
from tests.support.job import Job, google, user

MOST_IN_CHECK = 32
MOST_BEFORE_AN_UPGRADE = 50
MOST_FOR_A_REVISION = 8
MOST_BESIDE_BATCHES = 60  # at 50 ms three seconds
MOST_IN_VERIFY = 20
BATCHES = 7


@pytest.mark.parametrize(("schema", "most"), [("check", MOST_IN_CHECK), ("upgrade", MOST_BEFORE_AN_UPGRADE)])
def test_the_checks_take_few_round_trips(job: Job, lobechat_1_url: str, schema: str, most: int) -> None:
    with Link(lobechat_1_url if schema == "upgrade" else job.url, 0.0) as link:
        job.url = link.url
        assert job.run(STAGES="check", SCHEMA=schema, DRY_RUN="1") == 0
        assert 0 < link.round_trips <= most


def test_an_upgrade_takes_few_round_trips_for_each_revision(job: Job, lobechat_1_url: str) -> None:
    with Link(lobechat_1_url, 0.0) as link:
        job.url = link.url
        assert job.run(STAGES="check", SCHEMA="upgrade") == 0
        revisions = job.sql("SELECT count(*) FROM drizzle.__drizzle_migrations")[0][0] - 41
        assert revisions == 35
        assert link.round_trips <= MOST_BEFORE_AN_UPGRADE + revisions * MOST_FOR_A_REVISION


@pytest.mark.parametrize("known", [False, True], ids=["new", "existing"])
def test_a_migration_takes_few_round_trips_and_one_for_each_batch(
    lobechat_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, known: bool
) -> None:
    job = Job(lobechat_url, tmp_path)
    job.give([user(number, external_accounts=(google(number),)) for number in range(BATCHES)])
    if known:
        job.sql("INSERT INTO users (id, email) SELECT 'user_' || n, 'ODD' || n FROM generate_series(0, 6) n")
    verify, migrated = STAGES[Stage.VERIFY], 0

    def note_and_verify(run: Run) -> Outcome:
        nonlocal migrated
        migrated = link.round_trips
        return verify(run)

    monkeypatch.setitem(STAGES, Stage.VERIFY, note_and_verify)
    with Link(job.url, 0.0) as link:
        job.url = link.url
        for batches in (BATCHES, 0):  # and a second run, with nothing to write
            link.reset()
            assert job.run(BATCH_SIZE="1") == 0
            assert 0 < migrated <= MOST_BESIDE_BATCHES + batches
            assert link.round_trips - migrated <= MOST_IN_VERIFY
