"""The user's own row: which source wins, names, times, and what PostgreSQL could not hold."""

import pytest

from job.clerk.models import PhoneNumber
from job.core.errors import InputError
from job.mapping import map_user
from job.mapping.rows import FindingCode
from tests.mapping.build import OPTIONS, UNVERIFIED, VERIFIED, api_user, codes, csv_user


def test_the_api_wins_and_an_empty_field_there_is_not_filled_from_the_csv() -> None:
    csv = csv_user(first_name="Old", last_name="Name", username="old", primary_phone_number="+4911")
    user = map_user(csv, api_user(first_name="New", username=None), OPTIONS).user
    assert (user.first_name, user.last_name, user.full_name, user.username, user.phone) == (
        "New",
        None,
        "New",
        *[None] * 2,
    )


def test_a_user_whom_only_the_csv_knows_is_made_of_the_csv() -> None:
    csv = csv_user(
        first_name="Ann",
        last_name="Lee",
        username="ann",
        primary_phone_number="+4911",
        verified_phone_numbers="+4911|+4922",
        created_at="2024-01-02T03:04:05.678Z",
    )
    user = map_user(csv, None, OPTIONS).user
    assert (user.full_name, user.username, user.phone, user.phone_number_verified) == ("Ann Lee", "ann", "+4911", True)
    assert user.created_at_ms == user.updated_at_ms == user.last_active_at_ms == 1_704_164_645_678
    assert (user.in_csv, user.in_api) == (True, False)


@pytest.mark.parametrize("text", ["yesterday", "", None, "0001-01-01T00:00:00+14:00", "\ud800"])
def test_a_creation_time_that_cannot_be_read_is_null(text: str | None) -> None:
    assert map_user(csv_user(created_at=text), None, OPTIONS).user.created_at_ms is None


def test_a_time_without_a_zone_is_utc() -> None:
    assert map_user(csv_user(created_at="1970-01-01 00:00:01"), None, OPTIONS).user.created_at_ms == 1000


@pytest.mark.parametrize(
    ("first", "last", "full"),
    [
        ("Ann", "Lee", "Ann Lee"),
        (" Ann ", "", "Ann"),
        (None, "Lee", "Lee"),
        ("", " ", None),
        ("A\0nn", "\ud800", "Ann"),
    ],
)
def test_the_full_name_is_both_names(first: str | None, last: str | None, full: str | None) -> None:
    assert map_user(None, api_user(first_name=first, last_name=last), OPTIONS).user.full_name == full


def test_line_breaks_in_names_are_kept() -> None:
    assert map_user(None, api_user(first_name="Ann\nMarie"), OPTIONS).user.first_name == "Ann\nMarie"


@pytest.mark.parametrize("name", ["an\0n", "ann\n2", "\ud800", "a" * 256, " "])
def test_a_user_name_is_dropped_and_never_altered(name: str) -> None:
    assert map_user(None, api_user(username=name), OPTIONS).user.username is None


@pytest.mark.parametrize(("has_image", "avatar"), [(True, "https://img.clerk.com/x"), (False, None)])
def test_only_a_picture_that_the_user_chose_is_an_avatar(has_image: bool, avatar: str | None) -> None:
    api = api_user(image_url="https://img.clerk.com/x", has_image=has_image)
    assert map_user(None, api, OPTIONS).user.avatar == avatar


@pytest.mark.parametrize(
    ("primary", "expected"), [("idn_7", ("+4911", True)), ("idn_8", ("+4922", False)), (None, (None, None))]
)
def test_verified_speaks_of_the_primary_number_only(primary: str | None, expected: tuple[str, bool]) -> None:
    numbers = (PhoneNumber("idn_7", "+4911", VERIFIED), PhoneNumber("idn_8", " +4922", UNVERIFIED))
    user = map_user(None, api_user(phone_numbers=numbers, primary_phone_number_id=primary), OPTIONS).user
    assert (user.phone, user.phone_number_verified) == expected


def test_times_fall_back_to_what_is_known() -> None:
    bare = map_user(None, api_user(), OPTIONS).user
    signed_in = map_user(None, api_user(updated_at=2, last_sign_in_at=3), OPTIONS).user
    active = map_user(None, api_user(last_active_at=4, last_sign_in_at=3), OPTIONS).user
    assert bare.created_at_ms == bare.updated_at_ms == bare.last_active_at_ms == 1_600_000_000_000
    assert (signed_in.updated_at_ms, signed_in.last_active_at_ms, active.last_active_at_ms) == (2, 3, 4)


@pytest.mark.parametrize("time", [-1, 253_402_300_800_000, 10**40])
def test_a_time_that_not_all_can_read_is_null(time: int) -> None:
    assert map_user(None, api_user(created_at=time), OPTIONS).user.created_at_ms is None


def test_users_known_to_one_source_are_named() -> None:
    assert codes(map_user(csv_user(), None, OPTIONS)) == [FindingCode.ONLY_IN_CSV]
    assert codes(map_user(None, api_user(), OPTIONS)) == [FindingCode.ONLY_IN_API]
    assert codes(map_user(csv_user(), api_user(), OPTIONS)) == []


@pytest.mark.parametrize("user_id", ["", "user_1\0", " user_1", "user\n1", "\ud800", "u" * 256])
def test_an_id_that_is_none_of_clerks_is_refused_without_repeating_it(user_id: str) -> None:
    with pytest.raises(InputError) as caught:
        map_user(None, api_user(id=user_id), OPTIONS)
    assert not user_id or user_id not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize("api", [None, api_user(id="user_2")])
def test_two_users_are_never_made_one(api: object) -> None:
    csv = csv_user() if api else None
    with pytest.raises(InputError):
        map_user(csv, api, OPTIONS)  # type: ignore[arg-type] # the second is a ClerkUser
