"""Bans and locks: who stays outside, and until when."""

import pytest

from job.mapping import map_user
from tests.mapping.build import EXPORTED_AT_MS, OPTIONS, api_user, csv_user

LATER = EXPORTED_AT_MS + 60_000


@pytest.mark.parametrize("state", ["banned", "deprovisioned", "locked"])
def test_whoever_is_shut_out_at_clerk_is_banned_for_good_and_told_why(state: str) -> None:
    user = map_user(csv_user(), api_user(**{state: True}), OPTIONS).user
    assert (user.banned, user.ban_expires_ms, user.shut_out) == (True, None, True)
    assert user.ban_reason == f"{state.capitalize()} at Clerk"


@pytest.mark.parametrize("end", [{"lockout_expires_at": LATER}, {"lockout_expires_in_seconds": 60}])
def test_a_lock_that_ends_is_not_a_ban_for_good(end: dict[str, int]) -> None:
    user = map_user(csv_user(), api_user(locked=True, **end), OPTIONS).user
    assert (user.banned, user.ban_reason, user.ban_expires_ms) == (True, "Locked at Clerk", LATER)
    assert not user.shut_out


@pytest.mark.parametrize(
    "end", [{"lockout_expires_at": EXPORTED_AT_MS}, {"lockout_expires_in_seconds": 0}, {"lockout_expires_at": 1}]
)
def test_a_lock_that_has_ended_has_no_effect(end: dict[str, int]) -> None:
    user = map_user(csv_user(), api_user(locked=True, **end), OPTIONS).user
    assert (user.banned, user.ban_reason, user.ban_expires_ms, user.shut_out) == (False, None, None, False)


def test_a_lock_that_ends_after_the_year_9999_is_for_good() -> None:
    user = map_user(csv_user(), api_user(locked=True, lockout_expires_in_seconds=10**30), OPTIONS).user
    assert (user.banned, user.ban_expires_ms, user.shut_out) == (True, None, True)


@pytest.mark.parametrize("state", ["banned", "deprovisioned"])
def test_a_lock_that_ends_does_not_soften_a_ban(state: str) -> None:
    user = map_user(csv_user(), api_user(**{state: True}, locked=True, lockout_expires_at=LATER), OPTIONS).user
    assert (user.ban_expires_ms, user.shut_out) == (None, True)


def test_the_end_of_a_lock_means_nothing_without_the_lock() -> None:
    assert not map_user(csv_user(), api_user(lockout_expires_at=LATER), OPTIONS).user.banned
