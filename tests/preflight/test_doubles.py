"""Rows that are there twice are named before anything is written."""

import pytest

from tests.support.job import Job

TWO_PASSWORDS = """
    INSERT INTO accounts (id, user_id, provider_id, account_id, password, created_at, updated_at)
    SELECT 'c' || n, '{user}', 'credential', '{user}', 'x', now(), now() FROM generate_series(1, 2) n"""
TWO_LINKS = """
    INSERT INTO accounts (id, user_id, provider_id, account_id, created_at, updated_at)
    SELECT 'l' || n, '{user}', 'google', 'g-of-somebody', now(), now() FROM generate_series(1, 2) n"""


@pytest.mark.parametrize("rows", [TWO_PASSWORDS, TWO_LINKS], ids=["passwords", "links"])
@pytest.mark.parametrize("dry_run", ["1", "0"], ids=["dry run", "real run"])
def test_doubles_of_users_in_scope_stop_the_run_before_the_first_write(job: Job, rows: str, dry_run: str) -> None:
    """Verify would fail for them, with everything written."""
    job.sql(rows.format(user="user_2"))
    before = job.rows()
    assert job.run(DRY_RUN=dry_run) == 6
    result, text = job.preflight("doubles")
    assert (result, "user_2" in text, "g-of-somebody" in text) == ("failed", True, False)
    assert job.rows() == before


@pytest.mark.parametrize("rows", [TWO_PASSWORDS, TWO_LINKS], ids=["passwords", "links"])
def test_doubles_of_others_are_named_and_stop_nothing(job: Job, rows: str) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('stranger', 's@example.org')")
    job.sql(rows.format(user="stranger"))
    for dry_run in ("1", "0"):
        assert job.run(DRY_RUN=dry_run) == 0
        result, text = job.preflight("doubles")
        assert (result, "stranger" in text) == ("warning", True)


def test_what_an_earlier_run_doubled_is_told_apart_and_the_row_to_delete_is_named(job: Job) -> None:
    """LobeChat made its own row between the plan and the batch of a version that did not look again."""
    assert job.run() == 0
    job.sql(TWO_LINKS.format(user="user_2").replace("1, 2", "1, 1").replace("g-of-somebody", "g2"))
    [(made,)] = job.sql("SELECT id FROM accounts WHERE account_id = 'g2' AND id <> 'l1'")
    assert job.run(STAGES="verify") == 7
    assert any("dry run of migrate names the rows" in detail for detail in job.report["error"]["details"])
    assert job.run(DRY_RUN="1") == 6
    _, text = job.preflight("doubles")
    assert f"this job wrote {made}, LobeChat the rest" in text
    job.sql("DELETE FROM accounts WHERE id = %s", made)
    assert job.run() == 0
