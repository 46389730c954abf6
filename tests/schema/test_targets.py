"""What C2B_SCHEMA_TARGET may say."""

import pytest

from schema import PIN, READY, resolve_target
from schema.errors import TargetError
from schema.journal import entries


@pytest.mark.parametrize(
    ("name", "revision"),
    [
        ("ready", READY),
        (PIN, PIN),
        ("0040", "0040"),
        ("2.0.6", "0075"),
        ("2.1.9", "0075"),
        ("2.1.16", "0075"),
        ("1.143.3", "0040"),
        ("1.12.1", "0006"),
        ("v2.0.6", "0075"),
        (entries()["0075"].tag, "0075"),
    ],
)
def test_a_target_is_a_revision_ready_or_a_release(name: str, revision: str) -> None:
    assert resolve_target(name) == revision


@pytest.mark.parametrize("name", ["", "latest", "75", "0131", "2.0", "v2.0", "0075_another_name"])
def test_anything_else_is_refused_with_the_mend(name: str) -> None:
    with pytest.raises(TargetError) as caught:
        resolve_target(name)
    assert "SCHEMA_TARGET" in caught.value.message
    assert "2.0.6" in caught.value.hint


@pytest.mark.parametrize("name", ["0076", "2.1.28", "2.2.13"])
def test_a_target_beyond_the_pin_is_refused(name: str) -> None:
    with pytest.raises(TargetError, match="this job goes up to 0075"):
        resolve_target(name)


def test_a_release_between_two_known_ones_is_refused_with_both_named() -> None:
    with pytest.raises(TargetError, match=r"between 2\.1\.16 \(0075\) and 2\.1\.18 \(0076\)"):
        resolve_target("2.1.17")


@pytest.mark.parametrize("name", ["1.0.0", "3.0.0"])
def test_a_release_outside_the_known_ones_is_refused(name: str) -> None:
    with pytest.raises(TargetError, match="outside the known releases"):
        resolve_target(name)
