"""How Clerk's values are merged into rows that exist."""

from typing import Any

import pytest

from tests.support.job import CREATED, DIGEST, Job, google, user


def test_an_administrator_stays_one(job: Job) -> None:
    job.sql("INSERT INTO users (id, email, role) VALUES ('user_1', 'u1@example.org', 'admin'), ('user_2', NULL, NULL)")
    job.give([user(1), user(2)])
    assert job.run() == 0
    assert (job.one("role", 1), job.one("role", 2)) == ("admin", "user")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("https://lobechat.example.org/own.png", "https://lobechat.example.org/own.png"),
        ("https://img.clerk.com/old", "https://img.clerk.com/new"),
        ("", "https://img.clerk.com/new"),
        (None, "https://img.clerk.com/new"),
    ],
)
def test_an_own_avatar_stays(job: Job, before: str | None, after: str) -> None:
    job.sql("INSERT INTO users (id, avatar) VALUES ('user_1', %s)", before)
    job.give([user(1, image_url="https://img.clerk.com/new", has_image=True)])
    assert job.run() == 0
    assert job.one("avatar") == after


@pytest.mark.parametrize("column", ["email", "username", "first_name", "last_name", "phone", "avatar", "full_name"])
def test_an_empty_value_never_erases(job: Job, column: str) -> None:
    job.sql(f"INSERT INTO users (id, {column}) VALUES ('user_1', 'kept@example.org')")
    job.give([user(1, email=None)])
    assert job.run() == 0
    assert job.one(column) == "kept@example.org"


def test_the_full_name_is_filled_only_where_it_is_empty(job: Job) -> None:
    job.sql("INSERT INTO users (id, full_name) VALUES ('user_1', 'Own Name'), ('user_2', '')")
    job.give([user(number, first_name="Ada", last_name="Lovelace") for number in (1, 2)])
    assert job.run() == 0
    assert (job.one("full_name", 1), job.one("full_name", 2)) == ("Own Name", "Ada Lovelace")


def test_an_address_is_trimmed_and_lower_cased_and_the_empty_one_becomes_null(job: Job) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('user_1', ' U1@Example.ORG '), ('user_2', '')")
    job.give([user(1, email="U1@Example.org"), user(2, email=None)])
    assert job.run() == 0
    assert (job.one("email", 1), job.one("email", 2)) == ("u1@example.org", None)


def test_a_new_row_takes_clerks_creation_time(job: Job) -> None:
    job.give([user(1)])
    assert job.run() == 0
    assert job.one("extract(epoch FROM created_at) * 1000") == CREATED
    assert job.one("extract(epoch FROM clerk_created_at) * 1000") == CREATED


def test_a_link_and_a_password_made_since_are_kept_and_not_doubled(job: Job) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('user_1', 'u1@example.org')")
    job.sql(
        "INSERT INTO accounts (id, user_id, provider_id, account_id, password, updated_at) VALUES"
        " ('own', 'user_1', 'google', 'g1', NULL, now()), ('new', 'user_1', 'credential', 'user_1', 'aa:bb', now())"
    )
    before = job.rows("accounts")
    job.give([user(1, external_accounts=(google(1),), password_enabled=True)], user_1={"password_digest": DIGEST})
    assert job.run() == 0
    assert job.rows("accounts") == before


def test_a_2y_digest_that_the_guides_script_left_is_rewritten(job: Job) -> None:
    digest = DIGEST.replace("$2b$", "$2y$")
    job.sql("INSERT INTO users (id, email, role) VALUES ('user_1', 'u1@example.org', 'user')")
    job.sql(
        "INSERT INTO accounts (id, user_id, provider_id, account_id, password, updated_at)"
        " VALUES ('cred_user_1', 'user_1', 'credential', 'user_1', %s, now())",
        digest,
    )
    job.sql("CREATE TABLE clerk_migration_progress (user_id text PRIMARY KEY, processed_at timestamptz)")
    job.sql("INSERT INTO clerk_migration_progress VALUES ('user_1', now())")
    job.give([user(1, password_enabled=True)], user_1={"password_digest": digest, "password_hasher": "bcrypt"})
    assert job.run() == 0
    assert job.sql("SELECT password FROM accounts") == [(DIGEST,)]


def test_chats_and_settings_stay_as_they_are(job: Job) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('user_1', 'U1@example.org')")
    job.sql("INSERT INTO user_settings (id, general) VALUES ('user_1', '{}')")
    job.sql("INSERT INTO messages (id, role, content, user_id) VALUES ('m', 'user', 'hello', 'user_1')")
    before = job.rows("user_settings", "messages")
    job.give([user(1)])
    assert job.run() == 0
    assert job.rows("user_settings", "messages") == before


@pytest.mark.parametrize(
    ("fields", "banned", "ends"),
    [
        ({"banned": True}, True, False),
        ({"deprovisioned": True}, True, False),
        ({"locked": True}, True, False),
        ({"locked": True, "lockout_expires_at": 4_000_000_000_000}, True, True),
        ({}, False, False),
    ],
)
def test_who_is_shut_out_at_clerk_is_shut_out(job: Job, fields: dict[str, Any], *, banned: bool, ends: bool) -> None:
    job.give([user(1, **fields)])
    assert job.run() == 0
    assert (job.one("banned"), job.one("ban_expires IS NOT NULL")) == (banned, ends)


@pytest.mark.parametrize(("orphans", "count"), [("skip", 0), ("migrate", 1)])
def test_a_user_that_only_the_csv_knows(job: Job, orphans: str, count: int) -> None:
    job.give([], user_1={"primary_email_address": "u1@example.org"})
    assert job.run(ORPHANS=orphans) == 0
    assert job.sql("SELECT count(*) FROM users") == [(count,)]
    assert ("user_1", "only_in_csv", "") in job.attention()
