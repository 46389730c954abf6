"""The people are the same for a seed, of every kind, and each source tells of them as the real one does."""

import csv
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import bcrypt
import msgspec
import pytest

from job.clerk.models import ClerkUser
from sandbox.clerk_csv import COLUMNS, write_csv
from sandbox.kinds import CYCLE, Kind
from sandbox.population import Person, people
from sandbox.traits import HASHERS
from tests.sandbox.shapes import misfits

BCRYPT = {"$2a$", "$2b$", "$2y$"}
USER = {"$ref": "#/components/schemas/User"}


@pytest.fixture(scope="module")
def everyone() -> list[Person]:
    return list(people(CYCLE))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def test_a_seed_gives_the_same_people_and_another_gives_others() -> None:
    assert list(people(50, 7)) == list(people(50, 7))
    assert {person.id for person in people(50, 7)}.isdisjoint(person.id for person in people(50, 8))


def test_more_people_begin_with_the_same_ones() -> None:
    assert list(islice(people(1000, 3), 300)) == list(people(300, 3))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_hundred_people_are_of_every_kind(seed: int) -> None:
    assert {person.kind for person in people(CYCLE, seed)} == set(Kind)


def test_every_hasher_of_clerk_is_there(everyone: list[Person]) -> None:
    assert {person.csv["password_hasher"] for person in everyone if person.csv} == {"", "bcrypt", *HASHERS}


def test_ids_and_creation_times_go_the_same_way_and_some_times_are_equal() -> None:
    ids = [person.id for person in people(500)]
    times = [person.api["created_at"] for person in people(500) if person.api]
    assert ids == sorted(set(ids))
    assert {len(one) for one in ids} == {32}
    assert times == sorted(times)
    assert len(set(times)) < len(times)


def test_nobody_clashes_unless_asked_for() -> None:
    known = [person.api for person in people(2 * CYCLE) if person.api]
    for values in (
        [email["email_address"].lower() for user in known for email in user["email_addresses"]],
        [user["username"] for user in known if user["username"]],
        [phone["phone_number"] for user in known for phone in user["phone_numbers"]],
    ):
        assert len(values) == len(set(values)) > 0


def test_clashing_pairs_share_an_address_a_name_and_a_link() -> None:
    pairs = [person for person in people(10, conflicts=True) if person.clashes_with]
    assert [person.clashes_with for person in pairs] == [pairs[number ^ 1].id for number in range(6)]
    users: list[Any] = [person.api for person in pairs]
    assert len({user["email_addresses"][0]["email_address"].lower() for user in users[:2]}) == 1
    assert users[2]["username"] == users[3]["username"]
    assert len({user["external_accounts"][0]["provider_user_id"] for user in users[4:]}) == 1


def test_each_password_fits_its_digest(everyone: list[Person]) -> None:
    checked: Counter[str] = Counter()
    for person in everyone:
        if person.password and person.csv:
            digest = person.csv["password_digest"]
            assert bcrypt.checkpw(person.password.encode(), f"$2b${digest[4:]}".encode())
            checked[digest[:4]] += 1
    assert set(checked) == BCRYPT


def test_only_people_with_a_usable_digest_have_a_password(everyone: list[Person]) -> None:
    for person in everyone:
        digest = (person.csv or {}).get("password_digest", "")
        assert (person.password is not None) == (digest[:4] in BCRYPT and person.kind is not Kind.PASSWORD_DISABLED)


def test_api_users_have_the_shape_of_clerks_own(everyone: list[Person]) -> None:
    found = [misfit for person in everyone if person.api for misfit in misfits(person.api, USER, person.kind)]
    assert found == []


def test_the_shape_check_sees_what_is_wrong(everyone: list[Person]) -> None:
    user: dict[str, Any] = next(person.api or {} for person in everyone if person.kind is Kind.GOOGLE)
    assert list(misfits(user | {"banned": "no"}, USER)) == [".banned is no boolean"]
    assert list(misfits(user | {"shoe_size": 1}, USER)) == [".shoe_size is unknown"]
    assert list(misfits({**user, "id": None}, USER)) == [".id is null"]


def test_the_job_can_read_every_user(everyone: list[Person]) -> None:
    for person in everyone:
        if person.api:
            assert msgspec.convert(person.api, ClerkUser).id == person.id


def test_sources_know_whom_they_should(everyone: list[Person]) -> None:
    missing = {
        "api": {person.kind for person in everyone if person.api is None},
        "csv": {person.kind for person in everyone if person.csv is None},
        "lobechat": {person.kind for person in everyone if person.lobechat is None},
    }
    assert missing == {
        "api": {Kind.CSV_ONLY, Kind.LOBECHAT_ONLY},
        "csv": {Kind.API_ONLY, Kind.LOBECHAT_ONLY},
        "lobechat": {Kind.NOT_IN_LOBECHAT},
    }


def test_the_csv_reads_back_as_it_was_written(everyone: list[Person], tmp_path: Path) -> None:
    count = write_csv(tmp_path / "users.csv", everyone)
    rows = read(tmp_path / "users.csv")
    assert rows == [person.csv for person in everyone if person.csv]
    assert count == len(rows)


@pytest.mark.parametrize("odd", [{"bom": True, "crlf": True}, {"comment": True}, {"separator": ","}])
def test_an_odd_csv_holds_the_same_users(everyone: list[Person], tmp_path: Path, odd: dict[str, Any]) -> None:
    write_csv(tmp_path / "odd.csv", everyone, created_at=False, **odd)
    rows = read(tmp_path / "odd.csv")
    expected = [person.csv for person in everyone if person.csv]
    several = {row["verified_email_addresses"] for row in rows if "work" in row["verified_email_addresses"]}
    assert [row["id"] for row in rows] == [row["id"] for row in expected]
    assert list(rows[0]) == COLUMNS
    assert all(odd.get("separator", "|") in one for one in several)
    assert several


def test_oddities_stand_in_the_file_itself(everyone: list[Person], tmp_path: Path) -> None:
    write_csv(tmp_path / "odd.csv", everyone, bom=True, crlf=True, comment=True)
    data = (tmp_path / "odd.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf# ")
    assert b"password_hasher,created_at\r\nuser_" in data
