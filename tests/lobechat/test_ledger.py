"""A ledger that is damaged is named as such, and cleanup takes away what is the job's own, and nothing else."""

import itertools

import pytest

from tests.support.job import Job, google, user

SCHEMA = "SELECT to_regnamespace('clerk_to_betterauth') IS NOT NULL"
TABLES = "SELECT relname::text FROM pg_class WHERE relnamespace = 'clerk_to_betterauth'::regnamespace AND relkind = 'r'"


@pytest.fixture
def migrated(job: Job) -> Job:
    job.give([user(1, external_accounts=(google(1),))])
    assert job.run() == 0
    return job


DAMAGES = [
    ("DROP TABLE clerk_to_betterauth.batches", "clerk_to_betterauth.batches"),
    ("DROP TABLE clerk_to_betterauth.accounts", "clerk_to_betterauth.accounts"),
    ("ALTER TABLE clerk_to_betterauth.users DROP COLUMN new_email", "clerk_to_betterauth.users.new_email"),
    ("ALTER TABLE clerk_to_betterauth.two_factor RENAME TO other", "clerk_to_betterauth.two_factor"),
]


def assert_named(job: Job, named: str) -> None:
    error = job.report["error"]
    assert "ledger is damaged" in error["message"]
    assert named in error["message"]
    assert "cleanup" in error["hint"]


@pytest.mark.parametrize(("damage", "named"), DAMAGES)
def test_a_damaged_ledger_is_named(migrated: Job, damage: str, named: str) -> None:
    migrated.sql(damage)
    before = migrated.rows()
    assert migrated.run(STAGES="migrate") == 5
    assert_named(migrated, named)
    assert migrated.rows() == before


def test_every_stage_that_reads_the_ledger_names_its_damage(migrated: Job) -> None:
    migrated.sql("DROP TABLE clerk_to_betterauth.batches")
    for stages, dry_run in itertools.product(("check", "verify", "rollback"), "01"):
        assert migrated.run(STAGES=stages, DRY_RUN=dry_run) == 5
        assert_named(migrated, "clerk_to_betterauth.batches")


def test_cleanup_takes_a_damaged_ledger_away(migrated: Job) -> None:
    migrated.sql("DROP TABLE clerk_to_betterauth.batches")
    assert migrated.run(STAGES="cleanup") == 0
    assert migrated.sql(SCHEMA) == [(False,)]
    assert migrated.run() == 0


def test_cleanup_leaves_what_is_not_the_jobs(migrated: Job) -> None:
    migrated.sql("CREATE TABLE clerk_to_betterauth.notes AS SELECT 1 AS mine")
    assert migrated.run(STAGES="cleanup") == 0
    assert migrated.sql(TABLES) == [("notes",)]
    assert migrated.run(STAGES="cleanup") == 0
    assert migrated.report["headline"] == "There was nothing to do"
    assert migrated.run() == 0


def test_cleanup_does_not_pull_down_what_is_built_on_the_ledger(migrated: Job) -> None:
    migrated.sql("CREATE VIEW public.runs AS SELECT run_id FROM clerk_to_betterauth.batches")
    assert migrated.run(STAGES="cleanup") == 5
    assert "depends on the ledger's tables" in migrated.report["error"]["message"]
    assert len(migrated.sql(TABLES)) == 5
