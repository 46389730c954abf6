"""Every finding and every exit code has its words."""

import pytest

from job.core.errors import ExitCode
from job.mapping.rows import FindingCode, SignIn
from job.report.finding_texts import TEXTS, explain
from job.report.outcomes import describe_outcome
from job.settings import Stage


def test_every_finding_has_a_meaning_and_what_to_do() -> None:
    assert set(TEXTS) == {*FindingCode, SignIn.NO_WAY_IN, SignIn.SET_PASSWORD}
    assert all(one.meaning.endswith(".") and one.what_to_do.endswith(".") for one in TEXTS.values())


def test_conflicts_block_and_nothing_else_does() -> None:
    for code in FindingCode:
        assert (explain(code).severity == "blocking") == code.startswith("conflict_")


@pytest.mark.parametrize("code", list(ExitCode))
@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("dry_run", [True, False])
def test_every_end_of_a_run_has_its_words(code: ExitCode, stage: Stage, dry_run: bool) -> None:
    assert all(describe_outcome(code, dry_run=dry_run, stages=[stage.value]))


def test_a_dry_run_never_says_that_users_are_migrated() -> None:
    stages = ["check", "export", "migrate", "verify"]
    assert "dry run" in describe_outcome(0, dry_run=True, stages=stages).headline
    assert describe_outcome(0, dry_run=False, stages=stages).headline == "The users are migrated"
