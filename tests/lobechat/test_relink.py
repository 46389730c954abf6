"""Late rescue: whoever came back to LobeChat 2 before the migration, and exists twice, gets into the old account."""

from typing import Any

import pytest

from job.clerk.models import EmailAddress, ExternalAccount, Verification
from job.lobechat.apply.apply import apply_batch
from tests.support.job import DIGEST, Job, google, user

ALL = ("users", "accounts", "two_factor", "auth_sessions", "user_settings", "ai_providers", "agents", "messages")
CELLS = {"password_digest": DIGEST, "password_hasher": "bcrypt"}
SCRYPT = "ab:cd"


def old_self(job: Job, number: int = 1, email: str = "U1@example.org") -> None:
    """A user of LobeChat 1 with a chat, whose address has capitals."""
    job.sql("INSERT INTO users (id, email, clerk_created_at) VALUES (%s, %s, '2024-01-01')", f"user_{number}", email)
    job.sql(
        "INSERT INTO messages (id, role, content, user_id) VALUES (%s, 'user', 'hello', %s)",
        f"m{number}", f"user_{number}",
    )  # fmt: skip


def newcomer(job: Job, name: str = "new", email: str | None = "u1@example.org", *, verified: bool = True) -> None:
    """A user made by LobeChat 2, with a session and what LobeChat makes by itself."""
    job.sql(
        "INSERT INTO users (id, email, email_verified, username, phone, normalized_email)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        name, email, verified, f"name-{name}", f"+49-{name}", email,
    )  # fmt: skip
    job.sql(
        "INSERT INTO auth_sessions (id, token, user_id, expires_at, created_at, updated_at, ip_address)"
        " VALUES (%s, %s, %s, '2030-01-01', '2025-03-01 10:00:00.123456', '2025-03-01', '10.0.0.1')",
        f"s-{name}", f"t-{name}", name,
    )  # fmt: skip
    job.sql("INSERT INTO user_settings (id) VALUES (%s)", name)
    job.sql("INSERT INTO ai_providers (id, user_id) VALUES ('lobehub', %s)", name)
    job.sql("INSERT INTO agents (id, slug, user_id) VALUES (%s, 'inbox', %s)", f"a-{name}", name)


def link(job: Job, owner: str, provider: str, account: str, made: str = "2025-03-01") -> None:
    job.sql(
        "INSERT INTO accounts (id, user_id, provider_id, account_id, access_token, created_at, updated_at)"
        " VALUES (%s, %s, %s, %s, 'token', %s, %s)",
        f"{provider}-{owner}", owner, provider, account, made, made,
    )  # fmt: skip


def password(job: Job, owner: str, made: str = "2025-03-02") -> None:
    job.sql(
        "INSERT INTO accounts (id, user_id, provider_id, account_id, password, created_at, updated_at)"
        " VALUES (%s, %s, 'credential', %s, %s, %s, %s)",
        f"credential-{owner}", owner, owner, SCRYPT, made, made,
    )  # fmt: skip


def came_back(job: Job) -> None:
    """Not recognised for the capitals: signed in by Google, then set a password."""
    old_self(job)
    newcomer(job)
    link(job, "new", "google", "g1")
    password(job, "new")
    job.give([user(1, external_accounts=(google(1),), password_enabled=True)], user_1=CELLS)


def links(job: Job, owner: str) -> list[tuple[str | None, ...]]:
    return job.sql("SELECT id, provider_id, account_id, password FROM accounts WHERE user_id = %s ORDER BY id", owner)


def test_without_the_setting_they_clash_as_before(job: Job) -> None:
    came_back(job)
    before = job.rows(*ALL)
    assert job.run() == 6
    assert job.rows(*ALL) == before


def test_links_and_the_latest_password_move_to_the_old_self(job: Job) -> None:
    came_back(job)
    assert job.run(RELINK="1") == 0
    assert job.one("email") == "u1@example.org"
    assert links(job, "user_1") == [
        ("credential-new", "credential", "user_1", SCRYPT),
        ("google-new", "google", "g1", None),
    ]
    assert links(job, "new") == []
    assert job.sql("SELECT access_token FROM accounts WHERE id = 'google-new'") == [("token",)]


def test_the_newcomer_gives_up_what_is_unique_and_signs_out(job: Job) -> None:
    came_back(job)
    before = job.rows("user_settings", "ai_providers", "agents", "messages")
    assert job.run(RELINK="1") == 0
    assert job.sql("SELECT email, username, phone, normalized_email FROM users WHERE id = 'new'") == [(None,) * 4]
    assert job.rows("auth_sessions") == {"auth_sessions": []}
    assert job.rows("user_settings", "ai_providers", "agents", "messages") == before


def test_the_report_names_both_and_counts_them_once(job: Job) -> None:
    came_back(job)
    assert job.run(RELINK="1", DRY_RUN="1") == 0
    dry = job.attention()
    assert ("user_1", "newcomer_joined", "new") in dry
    assert not {row for row in dry if row[0] == "new"}
    assert job.report["sign_in"] == (job.run(RELINK="1"), job.report["sign_in"])[1]
    assert ("user_1", "newcomer_joined", "new") in job.attention()
    assert not {row for row in job.attention() if row[0] == "new"}
    assert job.report["sign_in"]["password_or_sso"] == 1


def test_a_dry_run_writes_nothing(job: Job) -> None:
    came_back(job)
    before = job.rows(*ALL)
    assert job.run(RELINK="1", DRY_RUN="1") == 0
    assert job.rows(*ALL) == before


@pytest.mark.parametrize("settings", [{"RELINK": "1"}, {}], ids=["with it", "without it"])
def test_a_second_run_changes_nothing(job: Job, settings: dict[str, str]) -> None:
    came_back(job)
    assert job.run(RELINK="1") == 0
    tables = (*ALL, "clerk_to_betterauth.newcomers", "clerk_to_betterauth.users", "clerk_to_betterauth.accounts")
    before = job.rows(*tables)
    assert job.run(**settings) == 0
    assert job.rows(*tables) == before
    assert {reason for _, reason, _ in job.attention()} <= {"newcomer_joined"}
    assert job.run(STAGES="verify") == 0


@pytest.mark.parametrize("size", ["1", "5000"])
def test_rollback_is_exact_in_every_table(job: Job, size: str) -> None:
    came_back(job)
    old_self(job, 2, "U2@example.org")
    newcomer(job, "new2", "u2@example.org")
    link(job, "new2", "github", "1")
    job.give(
        [user(1, external_accounts=(google(1),), password_enabled=True, username="name-new2"), user(2), user(3)],
        user_1=CELLS,
    )
    before = job.rows(*ALL)
    assert job.run(RELINK="1", BATCH_SIZE=size) == 0
    assert job.one("username") == "name-new2"
    assert job.run(STAGES="rollback", BATCH_SIZE=size) == 0
    assert job.rows(*ALL) == before
    assert job.sql("SELECT count(*) FROM clerk_to_betterauth.newcomers") == [(0,)]


def test_an_old_self_that_lobechat_never_knew_is_made_and_taken_back(job: Job) -> None:
    newcomer(job)
    link(job, "new", "google", "g1")
    job.give([user(1, external_accounts=(google(1),))])
    before = job.rows(*ALL)
    assert job.run(RELINK="1") == 0
    assert links(job, "user_1") == [("google-new", "google", "g1", None)]
    assert job.run(STAGES="rollback") == 0
    assert job.rows(*ALL) == before


def test_several_newcomers_of_one_old_self_all_join(job: Job) -> None:
    """One by the provider's other address, one by the user's own."""
    old_self(job)
    newcomer(job, "by_link", "other@example.org", verified=False)
    link(job, "by_link", "google", "g1")
    newcomer(job, "by_address")
    link(job, "by_address", "github", "7")
    password(job, "by_address")
    job.give([user(1, external_accounts=(google(1),), password_enabled=True)], user_1=CELLS)
    before = job.rows(*ALL)
    assert job.run(RELINK="1") == 0
    assert {row[0] for row in links(job, "user_1")} == {"google-by_link", "github-by_address", "credential-by_address"}
    assert job.run(STAGES="rollback") == 0
    assert job.rows(*ALL) == before


def test_a_password_of_the_old_selfs_own_stays(job: Job) -> None:
    came_back(job)
    password(job, "user_1", "2025-04-01")
    assert job.run(RELINK="1") == 0
    assert [row[0] for row in links(job, "user_1")] == ["credential-user_1", "google-new"]
    assert [row[0] for row in links(job, "new")] == ["credential-new"]


UNVERIFIED = EmailAddress("e", "u1@example.org", Verification("unverified"))
REFUSED = {
    "has rows of its own": "INSERT INTO messages (id, role, content, user_id) VALUES ('n', 'user', 'mine', 'new')",
    "has rows of its own: agent": "INSERT INTO agents (id, slug, user_id) VALUES ('own', NULL, 'new')",
    "has a role of its own": "UPDATE users SET role = 'admin' WHERE id = 'new'",
    "is banned": "UPDATE users SET banned = true WHERE id = 'new'",
    "password is older than the first link": "UPDATE accounts SET created_at = '2025-02-01' WHERE password <> ''",
    "fits several users of Clerk": "UPDATE users SET email = 'u2@example.org' WHERE id = 'new'",
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_newcomer_who_may_be_somebody_else_stays_a_conflict(job: Job, reason: str) -> None:
    came_back(job)
    job.give([user(1, external_accounts=(google(1),), password_enabled=True), user(2), user(3)], user_1=CELLS)
    job.sql(REFUSED[reason])
    before = job.rows(*ALL)
    assert job.run(RELINK="1") == 6
    assert job.rows(*ALL) == before
    assert ("user_1", "newcomer_not_joined", f"new: {reason.partition(': ')[0]}") in job.attention()
    assert job.run(RELINK="1", CONFLICTS="skip") == 0
    assert links(job, "new") == [
        ("credential-new", "credential", "new", SCRYPT),
        ("google-new", "google", "g1", None),
    ]
    assert job.sql("SELECT count(*) FROM auth_sessions") == [(1,)]
    assert job.one("email") == "U1@example.org"


@pytest.mark.parametrize("side", ["LobeChat", "Clerk"])
def test_an_address_that_one_side_never_verified_proves_nothing(job: Job, side: str) -> None:
    """Anybody could have signed up with it, to be given the chats."""
    old_self(job)
    newcomer(job, verified=side == "Clerk")
    password(job, "new")
    job.give([user(1, email_addresses=(UNVERIFIED,)) if side == "Clerk" else user(1)])
    assert job.run(RELINK="1") == 6
    assert ("user_1", "newcomer_not_joined", "new: address not verified on both sides") in job.attention()


def test_an_unverified_link_of_clerks_proves_nothing(job: Job) -> None:
    old_self(job, email="u1@example.org")
    newcomer(job, "new", "other@example.org")
    link(job, "new", "google", "g1")
    unverified = ExternalAccount("eac_1", "oauth_google", "g1", verification=Verification("unverified"))
    job.give([user(1, external_accounts=(unverified,))])
    before = job.rows("accounts", "auth_sessions")
    assert job.run(RELINK="1") == 0
    assert job.rows("accounts", "auth_sessions") == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE users SET email = 'again@example.org' WHERE id = 'new'",
        "UPDATE accounts SET password = 'ee:ff' WHERE id = 'credential-new'",
        "DELETE FROM accounts WHERE id = 'google-new'",
        "DELETE FROM users WHERE id = 'new'",
        "UPDATE users SET username = 'name-new' WHERE id = 'user_1'",
        "INSERT INTO users (id, username) VALUES ('third', 'name-new')",
        "UPDATE users SET normalized_email = 'u1@example.org' WHERE id = 'user_1'",
    ],
)
def test_rollback_keeps_an_old_self_whole_of_whom_something_changed_since(job: Job, change: str) -> None:
    came_back(job)
    assert job.run(RELINK="1") == 0
    job.sql(change)
    before = job.rows(*ALL)
    assert job.run(STAGES="rollback") == 0
    assert job.rows(*ALL) == before
    assert ("user_1", "kept_on_rollback", "") in job.attention()
    assert job.run(STAGES="verify") == 0


def test_an_old_self_who_took_the_newcomers_name_without_being_written_is_kept(job: Job) -> None:
    """Only a link moved, so no row of users tells of the old self."""
    job.give([user(1, external_accounts=(google(1),))])
    assert job.run() == 0
    job.sql("DELETE FROM accounts; DROP SCHEMA clerk_to_betterauth CASCADE")
    newcomer(job, "new", "other@example.org")
    link(job, "new", "google", "g1")
    assert job.run(RELINK="1") == 0
    job.sql("UPDATE users SET username = 'name-new' WHERE id = 'user_1'")
    before = job.rows(*ALL)
    assert job.run(STAGES="rollback") == 0
    assert job.rows(*ALL) == before


SPOIL_SESSIONS = """
    CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.ip_address := '0.0.0.0'; RETURN NEW; END $$;
    CREATE TRIGGER spoil BEFORE INSERT ON auth_sessions FOR EACH ROW EXECUTE FUNCTION spoil()"""
SESSIONS_IN_THE_WAY = {
    "trigger": ("triggers", SPOIL_SESSIONS, "ALTER TABLE public.auth_sessions DISABLE TRIGGER spoil"),
    "rule": (
        "rules",
        "CREATE RULE stay AS ON DELETE TO auth_sessions DO INSTEAD NOTHING",
        "ALTER TABLE public.auth_sessions DISABLE RULE stay",
    ),
    "child table": (
        "inheritance",
        "CREATE TABLE guests () INHERITS (auth_sessions)",
        "ALTER TABLE public.guests NO INHERIT public.auth_sessions",
    ),
    "constraint": (
        "constraints",
        "ALTER TABLE auth_sessions ADD CONSTRAINT later CHECK (ip_address IS NULL) NOT VALID",
        "ALTER TABLE public.auth_sessions DROP CONSTRAINT later",
    ),
    "what hangs on a session": (
        "constraints",
        "CREATE TABLE visits (session text CONSTRAINT of REFERENCES auth_sessions ON DELETE CASCADE)",
        "ALTER TABLE public.visits DROP CONSTRAINT of",
    ),
}


@pytest.mark.parametrize(("check", "statements", "way_out"), SESSIONS_IN_THE_WAY.values(), ids=SESSIONS_IN_THE_WAY)
def test_what_acts_on_sessions_too_is_named_where_sessions_are_ended(
    job: Job, check: str, statements: str, way_out: str
) -> None:
    came_back(job)
    job.sql(statements)
    before = job.rows(*ALL)
    assert job.run(RELINK="1") == 5
    assert way_out in job.preflight(check)[1]
    assert job.run() == 6  # without late rescue sessions are nobody's business, and the clash is what it was
    assert job.preflight(check)[0] == "passed"
    assert job.rows(*ALL) == before
    job.sql(way_out)
    assert job.run(RELINK="1") == 0


@pytest.mark.parametrize("dry_run", ["1", "0"])
def test_what_would_change_the_sessions_brought_back_is_named_before_the_rollback(job: Job, dry_run: str) -> None:
    came_back(job)
    before = job.rows(*ALL)
    assert job.run(RELINK="1") == 0
    job.sql(SPOIL_SESSIONS)
    after = job.rows(*ALL)
    assert job.run(STAGES="rollback", DRY_RUN=dry_run) == 5
    assert SESSIONS_IN_THE_WAY["trigger"][2] in job.preflight("triggers")[1]
    assert job.rows(*ALL) == after
    job.sql(SESSIONS_IN_THE_WAY["trigger"][2])
    assert job.run(STAGES="rollback") == 0
    assert job.rows(*ALL) == before


def test_a_rollback_that_brings_no_session_back_does_not_ask_what_acts_on_them(job: Job) -> None:
    job.give([user(1)])
    assert job.run() == 0
    job.sql(SPOIL_SESSIONS)
    assert job.run(STAGES="rollback") == 0


def test_verify_tells_when_a_newcomer_kept_what_it_should_have_given_up(job: Job) -> None:
    came_back(job)
    job.sql(
        "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.id = 'new' THEN NEW.username := 'spoilt'; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER spoil BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION spoil()"
    )
    assert job.run(RELINK="1", STAGES="migrate,verify") == 7
    assert {one["name"] for one in job.report["checks"] if not one["passed"]} == {"written.newcomers"}


@pytest.mark.parametrize("statement", ["DELETE FROM accounts", "UPDATE accounts SET user_id = 'third'"])
@pytest.mark.parametrize("provider", ["google", "credential"])
def test_what_the_user_gave_up_since_does_not_come_back(job: Job, statement: str, provider: str) -> None:
    came_back(job)
    assert job.run(RELINK="1") == 0
    job.sql(f"INSERT INTO users (id) VALUES ('third'); {statement} WHERE provider_id = '{provider}'")
    before = job.rows(*ALL)
    assert job.run(RELINK="1") == 0
    assert job.rows(*ALL) == before
    assert {("user_1", "changed_since", provider)} <= job.attention()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE users SET username = 'other' WHERE id = 'new'",
        "INSERT INTO accounts (id, user_id, provider_id, account_id, updated_at) VALUES ('x', 'new', 'x', '1', now())",
        "UPDATE accounts SET password = 'ee:ff' WHERE id = 'credential-new'",
        "INSERT INTO messages (id, role, content, user_id) VALUES ('n', 'user', 'mine', 'new')",
    ],
)
def test_a_newcomer_who_changes_before_the_batch_is_looked_at_again(
    job: Job, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written by a plan that is out of date."""
    came_back(job)
    overtaken: list[int] = []

    def late(*args: Any) -> tuple[int, int]:
        if not overtaken:
            job.sql(statement)
        done, late_users = apply_batch(*args)
        overtaken.append(late_users)
        return done, late_users

    monkeypatch.setattr("job.lobechat.migration.apply_batch", late)
    code = job.run(RELINK="1")
    assert overtaken[0] == 1
    if "messages" in statement:  # a clash by now
        assert code == 75
        assert len(links(job, "new")) == 2
    else:
        assert code == 0
        assert links(job, "new") == []
        after = job.rows(*ALL)
        assert job.run(STAGES="rollback") == 0
        assert job.run(RELINK="1") == 0
        assert job.rows(*ALL) == after
