"""Users who clash: named on both sides, and never at a third user's cost."""

from collections.abc import Callable

import pytest

from job.clerk.models import ClerkUser, PhoneNumber, Verification
from tests.support.job import Job, google, user


def phone(number: int) -> ClerkUser:
    return user(
        number,
        primary_phone_number_id="p",
        phone_numbers=(PhoneNumber("p", "+15550000", Verification("verified")),),
    )


WITHIN_INPUT: dict[str, Callable[[int], ClerkUser]] = {
    "conflict_email": lambda number: user(number, email="Same@example.org" if number == 1 else "same@Example.org"),
    "conflict_username": lambda number: user(number, username="same"),
    "conflict_phone": phone,
    "conflict_account": lambda number: user(number, external_accounts=(google(number, "same"),)),
}
IN_DATABASE = {
    "conflict_email": "INSERT INTO users (id, email) VALUES ('other', 'u1@example.org')",
    "conflict_username": "INSERT INTO users (id, username) VALUES ('other', 'name1')",
    "conflict_phone": "INSERT INTO users (id, phone) VALUES ('other', '+15550000')",
    "conflict_normalized_email": "INSERT INTO users (id, email, normalized_email)"
    " VALUES ('other', 'u.1@example.org', 'u1@example.org')",
    "conflict_account": "INSERT INTO users (id) VALUES ('other'); INSERT INTO accounts"
    " (id, user_id, provider_id, account_id, updated_at) VALUES ('x', 'other', 'google', 'g1', now())",
    "conflict_account_row_id": "INSERT INTO users (id) VALUES ('other'); INSERT INTO accounts"
    " (id, user_id, provider_id, account_id, updated_at) VALUES ('eac_1', 'other', 'github', 'h', now())",
}


@pytest.mark.parametrize("code", WITHIN_INPUT)
def test_a_clash_within_the_input_stops_before_the_first_write(job: Job, code: str) -> None:
    job.give([WITHIN_INPUT[code](1), WITHIN_INPUT[code](2), user(3)])
    assert job.run() == 6
    assert {("user_1", code, "user_2"), ("user_2", code, "user_1")} <= job.attention()
    assert job.sql("SELECT count(*) FROM users") == [(0,)]
    assert job.sql("SELECT to_regnamespace('clerk_to_betterauth') IS NULL") == [(True,)]


@pytest.mark.parametrize("code", WITHIN_INPUT)
def test_skip_leaves_both_out_and_serves_the_third(job: Job, code: str) -> None:
    job.give([WITHIN_INPUT[code](1), WITHIN_INPUT[code](2), user(3)])
    assert job.run(CONFLICTS="skip") == 0
    assert job.sql("SELECT id FROM users") == [("user_3",)]


@pytest.mark.parametrize("code", IN_DATABASE)
def test_a_clash_with_the_database_is_named_and_left_out(job: Job, code: str) -> None:
    job.sql(IN_DATABASE[code])
    one = phone(1) if code == "conflict_phone" else user(1, username="name1", external_accounts=(google(1),))
    job.give([one, user(3)])
    assert job.run() == 6
    assert ("user_1", code, "other") in job.attention()
    assert job.run(CONFLICTS="skip") == 0
    assert job.sql("SELECT id FROM users WHERE id LIKE 'user%'") == [("user_3",)]


def test_an_id_twice_in_either_file_is_a_conflict(job: Job) -> None:
    job.give([user(1), user(1, email="second@example.org"), user(2)])
    assert job.run() == 6
    assert ("user_1", "conflict_id_twice", "user_1") in job.attention()
    job.give([user(1)])
    path = job.folder / "data" / "test" / "clerk_exported_users.csv"
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    assert job.run() == 6


def test_who_is_left_out_keeps_what_another_wants(job: Job) -> None:
    """user_1 clashes and so keeps 'a'; user_3, who wants 'a', must be left out too; user_4 is served."""
    job.sql("INSERT INTO users (id, username) VALUES ('user_1', 'a')")
    job.give([user(1, username="b"), user(2, username="b"), user(3, username="a"), user(4)])
    assert job.run(CONFLICTS="skip") == 0
    assert job.sql("SELECT id, username FROM users ORDER BY id") == [("user_1", "a"), ("user_4", None)]


def test_two_users_can_swap_their_addresses(job: Job) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('user_1', 'u2@example.org'), ('user_2', 'u1@example.org')")
    before = job.rows("users")
    job.give([user(1), user(2), user(3)])
    assert job.run() == 0
    assert (job.one("email", 1), job.one("email", 2)) == ("u1@example.org", "u2@example.org")
    assert job.run(STAGES="rollback") == 0
    assert job.rows("users") == before


def test_a_second_factor_row_of_another_user_is_a_conflict(job: Job) -> None:
    job.sql("INSERT INTO users (id) VALUES ('other')")
    job.sql("INSERT INTO two_factor (id, user_id, secret, backup_codes) VALUES ('tf_user_1', 'other', 's', 'b')")
    job.give([user(1, totp_enabled=True)], user_1={"totp_secret": "7777777777777777777777777777777Q"})
    assert job.run() == 6
    assert ("user_1", "conflict_two_factor_row_id", "other") in job.attention()
