"""What C2B_SCHEMA_TARGET may say."""

from itertools import pairwise

import pytest

from schema import PIN, READY, resolve_target
from schema.errors import TargetError
from schema.journal import LATEST, entries
from schema.targets import releases, revision_of_release


@pytest.mark.parametrize(
    ("name", "revision"),
    [
        ("ready", READY),
        (PIN, PIN),
        ("0040", "0040"),
        ("latest", LATEST),
        ("2.0.0", "0075"),  # an earlier table said 0040, and the job left the database there with exit 0
        ("2.1.13", "0075"),
        ("1.143.3", "0040"),
        ("1.12.0", "0006"),
        ("1.12.1", "0007"),
        ("v2.0.6", "0075"),
        (entries()["0075"].tag, "0075"),
    ],
)
def test_a_target_is_a_revision_ready_or_a_release(name: str, revision: str) -> None:
    assert resolve_target(name) == revision


@pytest.mark.parametrize("name", ["", "newest", "75", "0176", "2.0", "v2.0", "0075_another_name"])
def test_anything_else_is_refused_with_a_hint(name: str) -> None:
    with pytest.raises(TargetError) as caught:
        resolve_target(name)
    assert "SCHEMA_TARGET" in caught.value.message
    assert "2.1.13" in caught.value.hint


@pytest.mark.parametrize("name", ["0131", "0174", "2.2.19"])
def test_a_target_beyond_the_latest_revision_is_refused(name: str) -> None:
    with pytest.raises(TargetError, match=f"this job goes up to {LATEST}") as caught:
        resolve_target(name)
    assert "latest" in caught.value.hint


def test_a_release_between_two_known_ones_is_refused_with_both_named() -> None:
    with pytest.raises(TargetError, match=r"between 2\.2\.13 \(0130\) and 2\.2\.19 \(0175\)"):
        resolve_target("2.2.16")


def test_no_release_is_missing_up_to_the_last_that_was_read() -> None:
    """Every release from 1.0.1 to 2.2.13 has a revision, and a later release never an earlier one."""
    rows = [row for row in releases() if row["revision"] <= LATEST]
    revisions = [row["revision"] for row in rows]
    assert revisions == sorted(set(revisions))
    for row in rows:
        assert revision_of_release(row["since"]) == revision_of_release(row["last_seen"]) == row["revision"]
    for before, after in pairwise(rows):
        last, first = before["last_seen"].split("."), after["since"].split(".")
        follows = last[:2] == first[:2] and int(first[2]) == int(last[2]) + 1
        assert follows or first[2] in {"0", "1"}, (before, after)


@pytest.mark.parametrize("name", ["1.0.0", "3.0.0"])
def test_a_release_outside_the_known_ones_is_refused(name: str) -> None:
    with pytest.raises(TargetError, match="outside the known releases"):
        resolve_target(name)
