"""LobeChat's own word on bans, second factors, addresses and links, through second runs and newer exports."""

from typing import Any

import pytest

from job.clerk.models import ClerkUser, EmailAddress, ExternalAccount, PhoneNumber, Verification
from tests.support.job import DIGEST, Job, google, user

SECRET = "7777777777777777777777777777777Q"
LATER = 4_000_000_000_000


def with_email(address: str, status: str = "verified") -> ClerkUser:
    emails = (EmailAddress("e", address, Verification(status)),)
    return user(1, email=None, primary_email_address_id="e", email_addresses=emails)


def with_phone(number: str, status: str) -> ClerkUser:
    phones = (PhoneNumber("p", number, Verification(status)),)
    return user(1, primary_phone_number_id="p", phone_numbers=phones)


def ban(job: Job) -> None:
    job.sql("UPDATE users SET banned = true, ban_reason = 'spam'")


def unban(job: Job) -> None:
    job.sql("UPDATE users SET banned = false, ban_reason = NULL, ban_expires = NULL")


# Bans


@pytest.mark.parametrize("path", ["full", "simple"])
def test_a_ban_of_lobechats_own_stays_through_every_run(job: Job, path: str) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('user_1', 'U1@example.org')")
    ban(job)
    job.give([user(1)])
    for settings in ({"PATH": path}, {}, {}):
        assert job.run(**settings) == 0
        assert job.one("banned") is True


def test_a_ban_made_after_the_first_run_stays_when_something_else_changes(job: Job) -> None:
    job.give([user(1)])
    assert job.run() == 0
    ban(job)
    job.give([user(1, username="new")])
    for _ in range(2):
        assert job.run() == 0
        assert (job.one("banned"), job.one("username")) == (True, "new")


def test_an_unban_stays_when_something_else_changes(job: Job) -> None:
    job.give([user(1, banned=True)])
    assert job.run() == 0
    unban(job)
    job.give([user(1, banned=True, username="new")])
    for _ in range(2):
        assert job.run() == 0
        assert (job.one("banned"), job.one("username")) == (False, "new")


def test_a_ban_at_clerk_wins_over_the_end_of_an_earlier_lock(job: Job) -> None:
    """Better Auth clears a ban that has ended when its user signs in."""
    job.give([user(1, locked=True, lockout_expires_at=LATER)])
    assert job.run() == 0
    unban(job)
    job.give([user(1, banned=True)])
    assert job.run() == 0
    assert job.one("banned") is True
    assert job.report["sign_in"]["shut_out"] == 1


def test_a_ban_follows_clerk_through_every_turn(job: Job) -> None:
    for banned in (True, False, True, False):
        job.give([user(1, banned=banned)])
        assert job.run() == 0
        assert job.one("banned") is banned


def test_who_is_shut_out_at_clerk_but_left_out_for_a_clash_is_named(job: Job) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('user_1', 'u1@example.org')")
    job.give([user(1, banned=True, username="same"), user(2, username="same")])
    assert job.run(CONFLICTS="skip") == 0
    assert ("user_1", "shut_out_left_out", "") in job.attention()
    ban(job)
    assert job.run(CONFLICTS="skip") == 0
    assert "shut_out_left_out" not in {reason for _, reason, _ in job.attention()}


# The second factor


def test_a_users_own_second_factor_stays_on(job: Job) -> None:
    job.sql("INSERT INTO users (id, email, two_factor_enabled) VALUES ('user_1', 'u1@example.org', true)")
    job.sql("INSERT INTO two_factor (id, user_id, secret, backup_codes) VALUES ('own', 'user_1', 's', 'b')")
    job.give([user(1)])
    for _ in range(2):
        assert job.run() == 0
        assert job.one("two_factor_enabled") is True


def test_reenroll_switches_a_flag_off_that_has_no_row(job: Job) -> None:
    job.sql("INSERT INTO users (id, email, two_factor_enabled) VALUES ('user_1', 'u1@example.org', true)")
    job.give([user(1, totp_enabled=True)], user_1={"totp_secret": SECRET})
    assert job.run(TWO_FACTOR="reenroll") == 0
    assert job.one("two_factor_enabled") is False


def test_a_run_without_auth_secret_spoils_no_encrypted_row(job: Job) -> None:
    job.give([user(1, totp_enabled=True)], user_1={"totp_secret": SECRET})
    assert job.run() == 0
    before = job.rows()
    assert job.run(AUTH_SECRET="") == 0
    assert job.rows() == before


# Addresses and numbers: the flag belongs to the value


@pytest.mark.parametrize(
    ("first", "change", "later", "expected"),
    [
        (("a", "unverified"), "email = 'b@x.org'", ("a", "verified"), ("b@x.org", False)),
        (("a", "verified"), "email = 'b@x.org'", ("c", "unverified"), ("b@x.org", True)),
        (("a", "unverified"), "email_verified = true", ("c", "unverified"), ("c@x.org", False)),
        (("a", "unverified"), "email_verified = true", ("a", "unverified"), ("a@x.org", True)),
        (("a", "verified"), "email = 'b@x.org'", ("b", "unverified"), ("b@x.org", False)),
    ],
    ids=["own kept", "own verified kept", "clerks taken", "verified since", "webhook"],
)
def test_whether_an_address_is_verified_goes_with_the_address(
    job: Job, first: tuple[str, str], change: str, later: tuple[str, str], expected: tuple[str, bool]
) -> None:
    job.give([with_email(f"{first[0]}@x.org", first[1])])
    assert job.run() == 0
    job.sql(f"UPDATE users SET {change}")
    job.give([with_email(f"{later[0]}@x.org", later[1])])
    for _ in range(2):
        assert job.run() == 0
        assert (job.one("email"), job.one("email_verified")) == expected


def test_whether_a_number_is_verified_goes_with_the_number(job: Job) -> None:
    job.give([with_phone("+1555", "unverified")])
    assert job.run() == 0
    job.sql("UPDATE users SET phone = '+1999'")
    job.give([with_phone("+1555", "verified")])
    assert job.run() == 0
    assert (job.one("phone"), job.one("phone_number_verified")) == ("+1999", False)


@pytest.mark.parametrize("address", ["U1@Example.org", " Own@Example.org"])
def test_an_address_that_came_back_raw_is_put_right_again(job: Job, address: str) -> None:
    """LobeChat 1.x's webhook writes it as Clerk has it."""
    job.give([user(1)])
    assert job.run() == 0
    job.sql("UPDATE users SET email = %s", address)
    assert job.run() == 0
    assert job.one("email") == address.strip().lower()


def test_a_full_name_that_a_user_emptied_stays_empty(job: Job) -> None:
    job.give([user(1, first_name="Ada")])
    assert job.run() == 0
    job.sql("UPDATE users SET full_name = ''")
    assert job.run(STAGES="verify") == 0
    assert job.run() == 0
    assert job.one("full_name") == ""


# Links and passwords


def test_who_left_and_signed_up_anew_with_the_same_provider_is_no_conflict(job: Job) -> None:
    job.give([user(1, external_accounts=(google(1),)), user(2)])
    assert job.run() == 0
    job.sql("DELETE FROM users WHERE id = 'user_1'")
    job.sql("INSERT INTO users (id, email) VALUES ('fresh', 'u1@example.org')")
    job.sql(
        "INSERT INTO accounts (id, user_id, provider_id, account_id, updated_at)"
        " VALUES ('r', 'fresh', 'google', 'g1', now())"
    )
    assert job.run() == 0


def test_a_link_that_its_user_moved_to_another_user_is_no_conflict(job: Job) -> None:
    job.give([user(1, external_accounts=(google(1),)), user(2)])
    assert job.run() == 0
    job.sql("UPDATE accounts SET id = 'moved', user_id = 'user_2'")
    before = job.rows("accounts")
    assert job.run() == 0
    assert job.rows("accounts") == before


def test_a_password_that_clerk_took_away_is_named(job: Job) -> None:
    job.give([user(1, password_enabled=True)], user_1={"password_digest": DIGEST, "password_hasher": "bcrypt"})
    assert job.run() == 0
    job.give([user(1)])
    assert job.run() == 0
    assert ("user_1", "link_removed_at_clerk", "credential") in job.attention()


# What the guide's script left


def test_a_secret_in_the_clear_becomes_one_that_can_be_used(job: Job) -> None:
    job.sql("INSERT INTO users (id, email, two_factor_enabled) VALUES ('user_1', 'u1@example.org', true)")
    job.sql(
        "INSERT INTO two_factor (id, user_id, secret, backup_codes) VALUES ('tf_user_1', 'user_1', %s, 'x')", SECRET
    )
    before = job.rows()
    job.give([user(1, totp_enabled=True)], user_1={"totp_secret": SECRET})
    assert job.run(BACKUP_CODES_FILE="codes.csv") == 0
    assert job.sql("SELECT secret FROM two_factor") != [(SECRET,)]
    assert "user_1," in (job.folder / "codes.csv").read_text()
    assert job.run(STAGES="rollback") == 0
    assert job.rows() == before


def test_a_provider_under_clerks_name_gets_lobechats(job: Job) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('user_1', 'u1@example.org')")
    job.sql(
        "INSERT INTO accounts (id, user_id, provider_id, account_id, updated_at)"
        " VALUES ('eac_1', 'user_1', 'custom_acme', '77', now())"
    )
    link = ExternalAccount("eac_1", "oauth_custom_acme", "77", verification=Verification("verified"))
    job.give([user(1, external_accounts=(link,))])
    assert job.run(PROVIDER_MAP="custom_acme=generic-oidc") == 0
    assert job.sql("SELECT id, provider_id, account_id FROM accounts") == [("eac_1", "generic-oidc", "77")]


# Rollback


@pytest.mark.parametrize("dry_run_first", [True, False])
def test_whose_former_address_another_has_is_kept_and_named(job: Job, *, dry_run_first: bool) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('user_1', 'old@example.org'), ('user_2', 'X2@example.org')")
    job.give([user(1), user(2)])
    assert job.run() == 0
    job.sql("INSERT INTO users (id, email) VALUES ('fresh', 'old@example.org')")
    if dry_run_first:
        assert job.run(STAGES="rollback", DRY_RUN="1") == 0
    assert job.run(STAGES="rollback") == 0
    assert (job.one("email", 1), job.one("email", 2)) == ("u1@example.org", "X2@example.org")
    assert kept(job) == {"user_1"}
    assert job.run(STAGES="rollback") == 0


def test_of_two_who_swapped_addresses_both_are_kept_where_one_is(job: Job) -> None:
    job.sql(
        "INSERT INTO users (id, email) VALUES"
        " ('user_1', 'u2@example.org'), ('user_2', 'u1@example.org'), ('user_3', 'U3@example.org')"
    )
    job.give([user(1), user(2), user(3)])
    assert job.run() == 0
    job.sql("UPDATE users SET first_name = 'Own' WHERE id = 'user_1'")
    assert job.run(STAGES="rollback") == 0
    assert job.one("email", 3) == "U3@example.org"
    assert kept(job) == {"user_1", "user_2"}


def test_a_user_kept_in_a_newer_batch_is_kept_in_the_older_ones(job: Job) -> None:
    for name in ("Ann", "Anna"):
        job.give([user(1, first_name=name)])
        assert job.run() == 0
    job.sql("UPDATE users SET first_name = 'Ann', full_name = 'Ann'")
    assert job.run(STAGES="rollback") == 0
    assert kept(job) == {"user_1"}
    assert job.one("first_name") == "Ann"


def kept(job: Job) -> set[Any]:
    return {user_id for user_id, reason, _ in job.attention() if reason == "kept_on_rollback"}
