"""Verify finds each thing that is wrong, and the guards that prevent it."""

from typing import Any

import pytest

from job.lobechat.verify.checks import PROMISES
from tests.support.job import DIGEST, Job, google, user

OTHER_ACCOUNT = "INSERT INTO accounts (id, user_id, provider_id, account_id, updated_at) VALUES ('x', "
SPOILT = {
    "users.complete": "UPDATE users SET role = NULL",
    "accounts.linked_once": f"INSERT INTO users (id) VALUES ('other'); {OTHER_ACCOUNT} 'other', 'google', 'g1', now())",
    "accounts.one_credential": f"{OTHER_ACCOUNT} 'user_1', 'credential', 'user_1', now())",
    "accounts.not_dangling": "ALTER TABLE accounts DROP CONSTRAINT accounts_user_id_users_id_fk; DELETE FROM users",
    "two_factor.only_one": "INSERT INTO two_factor (id, user_id, secret, backup_codes)"
    " VALUES ('x', 'user_1', 's', 'b')",
    "emails.matchable": "UPDATE users SET email = 'U1@example.org'",
    "ledger.users": "DELETE FROM users",
    "ledger.accounts": "DELETE FROM accounts WHERE provider_id = 'google'",
    "ledger.two_factor": "DELETE FROM two_factor",
    "ledger.batches": "UPDATE clerk_to_betterauth.batches SET row_changes = '{\"public.messages\": [0, 1, 0]}'",
}
# Never written, though Clerk has it.
MISSING: dict[str, dict[str, Any]] = {
    "users.complete": {"username": "new"},
    "accounts.complete": {"external_accounts": (google(1), google(2))},
    "two_factor.complete": {"totp_enabled": True},
    "bans.kept": {"banned": True},
}
# By a trigger, which the check of triggers would have refused before the first write.
CHANGED_ON_THE_WAY = {
    "written.users": ("users", "NEW.role := 'admin'"),
    "written.accounts": ("accounts", "NEW.password := NULL"),
    "written.two_factor": ("two_factor", "NEW.backup_codes := 'none'"),
}
CELLS = {"password_digest": DIGEST, "password_hasher": "bcrypt", "totp_secret": "7777777777777777777777777777777Q"}


@pytest.fixture
def migrated(job: Job) -> Job:
    job.give([user(1, external_accounts=(google(1),), password_enabled=True, totp_enabled=True)], user_1=CELLS)
    assert job.run() == 0
    return job


def test_alone_it_passes_later(migrated: Job) -> None:
    assert migrated.run(STAGES="verify") == 0
    assert all(check["passed"] for check in migrated.report["checks"])


def test_a_failure_says_what_should_hold_and_names_users(migrated: Job) -> None:
    migrated.sql(SPOILT["emails.matchable"])
    assert migrated.run(STAGES="verify") == 7
    told = f"{PROMISES['emails.matchable']}: 1 offending row, for instance of user_1"
    assert told in [one["message"] for one in migrated.report["checks"]]
    assert f"emails.matchable: {told}" in migrated.report["error"]["details"]


def failed(job: Job) -> set[str]:
    return {one["name"] for one in job.report["checks"] if not one["passed"]}


@pytest.mark.parametrize("check", SPOILT)
def test_what_is_wrong_ends_with_7_and_is_named(job: Job, check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("job.run.make_run_id", lambda: "one run")  # some checks are of what the run itself wrote
    job.give([user(1, external_accounts=(google(1),), password_enabled=True, totp_enabled=True)], user_1=CELLS)
    assert job.run() == 0
    job.sql(SPOILT[check])
    assert job.run(STAGES="verify") == 7
    assert check in failed(job)


@pytest.mark.parametrize("check", CHANGED_ON_THE_WAY)
def test_a_value_that_a_trigger_changed_on_the_way_ends_with_7(job: Job, check: str) -> None:
    table, change = CHANGED_ON_THE_WAY[check]
    job.sql(
        f"CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {change}; RETURN NEW; END $$;"
        f"CREATE TRIGGER spoil BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION spoil()"
    )
    job.give([user(1, external_accounts=(google(1),), password_enabled=True, totp_enabled=True)], user_1=CELLS)
    assert job.run(STAGES="migrate,verify") == 7
    assert check in failed(job)


@pytest.mark.parametrize("check", MISSING)
def test_what_never_arrived_fails_the_check(job: Job, check: str) -> None:
    job.give([user(1)], user_1=CELLS)
    assert job.run() == 0
    job.give([user(1, **MISSING[check])], user_1=CELLS)
    assert job.run(STAGES="verify") == 7
    assert check in failed(job)


def test_a_digest_that_should_not_have_been_written_fails_the_check(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("job.mapping.user.judge_password", lambda *_, **__: ("$argon2id$", None, ""))
    job.give([user(1, password_enabled=True)], user_1=CELLS)
    assert job.run() == 7
    assert failed(job) == {"passwords.checkable"}


def test_every_check_has_its_case() -> None:
    own_tests = {"passwords.checkable", "written.newcomers"}  # the latter in test_relink.py
    assert {*SPOILT, *MISSING, *CHANGED_ON_THE_WAY, *own_tests} == set(PROMISES)


@pytest.mark.parametrize("table", ["users", "accounts", "two_factor"])
def test_a_ledger_with_holes_fails_the_check(migrated: Job, table: str) -> None:
    migrated.sql(f"DELETE FROM clerk_to_betterauth.{table}")
    assert migrated.run(STAGES="verify") == 7
    assert "ledger.batches" in failed(migrated)


@pytest.mark.parametrize(
    ("move", "detail"),
    [
        ("UPDATE accounts SET user_id = 'other' WHERE id = 'eac_1'", "google, now of other"),
        ("UPDATE two_factor SET user_id = 'other'", "two_factor, now of other"),
    ],
    ids=["link", "second factor"],
)
def test_what_now_belongs_to_another_user_is_named(migrated: Job, move: str, detail: str) -> None:
    migrated.sql("INSERT INTO users (id) VALUES ('other')")
    migrated.sql(move)
    assert migrated.run(STAGES="verify") == 0
    assert ("user_1", "changed_since", detail) in migrated.attention()


def test_a_user_who_is_missing_fails_the_check(migrated: Job) -> None:
    migrated.give([user(1), user(2)])
    assert migrated.run(STAGES="verify") == 7


def test_a_batch_that_touches_anything_else_is_rolled_back(job: Job) -> None:
    job.sql("INSERT INTO users (id) VALUES ('user_1')")
    job.sql("INSERT INTO messages (id, role, content, user_id) VALUES ('m', 'user', 'hello', 'user_1')")
    job.sql(
        "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN UPDATE public.messages SET content = ''gone''; RETURN NEW; END';"
        "CREATE TRIGGER spoil AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION spoil()"
    )
    before = job.rows("users", "messages")
    job.give([user(1)])
    assert job.run(STAGES="migrate,verify") == 5  # without the check, which would have found the trigger
    assert job.rows("users", "messages") == before
    assert any("public.messages" in detail for detail in job.report["error"]["details"])


def test_a_dry_run_writes_nothing_and_plans_the_same(job: Job) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('user_1', 'U1@example.org')")
    before = job.rows()
    job.give([user(1), user(2, external_accounts=(google(2),))])
    assert job.run(DRY_RUN="1") == 0
    planned = job.report["counts"]
    assert job.rows() == before
    assert job.sql("SELECT to_regnamespace('clerk_to_betterauth') IS NULL") == [(True,)]
    assert job.run() == 0
    assert job.report["counts"]["users"] == planned["users"] == {"insert": 1, "update": 1}
    assert job.report["sign_in"]["sso"] == 1


def test_the_simple_path_puts_right_every_address_and_can_be_taken_back(job: Job) -> None:
    job.sql(
        "INSERT INTO users (id, email, first_name) VALUES ('a', ' A@Example.org', 'Ada'), ('b', '', NULL),"
        " ('c', 'c@example.org', NULL), ('d', NULL, NULL)"
    )
    before = job.rows()
    assert job.run(PATH="simple") == 0
    assert job.sql("SELECT id, email, first_name FROM users ORDER BY id") == [
        ("a", "a@example.org", "Ada"),
        ("b", None, None),
        ("c", "c@example.org", None),
        ("d", None, None),
    ]
    assert (job.report["sign_in"]["set_password"], job.report["sign_in"]["no_way_in"]) == (2, 2)
    assert {(user_id, reason) for user_id, reason, _ in job.attention()} == {
        ("a", "set_password"),
        ("b", "no_way_in"),
        ("c", "set_password"),
        ("d", "no_way_in"),
    }
    assert job.run(STAGES="rollback") == 0
    assert job.rows() == before


def test_the_simple_path_after_a_full_run_says_nothing_of_clerk(migrated: Job) -> None:
    assert migrated.run(PATH="simple") == 0
    assert migrated.attention() == set()


def test_the_simple_path_names_addresses_that_clash(job: Job) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('a', 'Same@example.org'), ('b', 'same@example.org')")
    assert job.run(PATH="simple") == 6
    assert ("a", "conflict_email", "b") in job.attention()
