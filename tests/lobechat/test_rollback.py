"""Rollback puts back what stood there, byte for byte, and keeps what was changed since."""

import pytest

from tests.support.job import DIGEST, TABLES, Job, google, user


def migrate(job: Job) -> None:
    job.sql("INSERT INTO users (id, email, full_name) VALUES ('user_1', 'U1@example.org', 'One'), ('user_2', NULL, '')")
    job.sql("INSERT INTO messages (id, role, content, user_id) VALUES ('m', 'user', 'hello', 'user_1')")
    users = [
        user(number, external_accounts=(google(number),), password_enabled=True, totp_enabled=True)
        for number in range(1, 6)
    ]
    cells = {"password_digest": DIGEST, "password_hasher": "bcrypt", "totp_secret": "7777777777777777777777777777777Q"}
    job.give(users, **{one.id: cells for one in users})


def test_a_full_run_is_taken_back_to_the_byte(job: Job) -> None:
    migrate(job)
    before = job.rows(*TABLES, "messages")
    assert job.run(BATCH_SIZE="2") == 0
    assert job.rows() != {table: before[table] for table in TABLES}
    assert job.run(STAGES="rollback") == 0
    assert job.rows(*TABLES, "messages") == before


def test_a_dry_run_of_it_writes_nothing(job: Job) -> None:
    migrate(job)
    assert job.run() == 0
    before = job.rows(*TABLES, "clerk_to_betterauth.users")
    assert job.run(STAGES="rollback", DRY_RUN="1") == 0
    assert job.rows(*TABLES, "clerk_to_betterauth.users") == before
    assert job.report["stages"][0]["counts"]["users"] == 5


OWN_LINK = (
    "INSERT INTO accounts (id, user_id, provider_id, account_id, updated_at)"
    " VALUES ('own', 'user_{}', 'github', '1', now())"
)
KEPT_FOR = {
    "own name": "UPDATE users SET first_name = 'Own' WHERE id = 'user_1'",
    "new password": "UPDATE accounts SET password = 'aa:bb' WHERE id = 'cred_user_1'",
    "link removed": "DELETE FROM accounts WHERE id = 'eac_1'",
    "link moved": "UPDATE accounts SET user_id = 'user_2' WHERE id = 'eac_1'",
    "new backup codes": "UPDATE two_factor SET backup_codes = 'own' WHERE user_id = 'user_1'",
    "ban": "UPDATE users SET banned = true WHERE id = 'user_1'",
    "address taken": "INSERT INTO users (id, email) VALUES ('fresh', 'U1@example.org')",
}


@pytest.mark.parametrize("change", KEPT_FOR)
def test_who_is_kept_keeps_all_that_the_job_gave(job: Job, change: str) -> None:
    migrate(job)
    assert job.run() == 0
    job.sql(KEPT_FOR[change])
    kept_rows = {table: [row for row in rows if "user_1" in row[0]] for table, rows in job.rows().items()}
    assert job.run(STAGES="rollback") == 0
    assert kept(job) == {"user_1"}
    after = job.rows()
    assert {table: [row for row in after[table] if "user_1" in row[0]] for table in after} == kept_rows
    assert job.sql("SELECT count(*) FROM users WHERE id IN ('user_3', 'user_4', 'user_5')") == [(0,)]
    assert job.one("email", 2) is None


@pytest.mark.parametrize(
    "reference",
    [
        "INSERT INTO messages (id, role, content, user_id) VALUES ('n', 'user', 'mine', 'user_3')",
        OWN_LINK.format(3),
        "UPDATE accounts SET user_id = 'user_3' WHERE id = 'eac_1'",
        "CREATE TABLE notes (owner text REFERENCES users (id) ON DELETE SET NULL); INSERT INTO notes VALUES ('user_3')",
    ],
    ids=["chat", "own link", "link of another", "operators table"],
)
def test_a_user_whom_the_job_made_is_kept_once_anything_refers_to_them(job: Job, reference: str) -> None:
    migrate(job)
    assert job.run() == 0
    job.sql(reference)
    before = job.rows("messages")
    assert job.run(STAGES="rollback") == 0
    assert "user_3" in kept(job)
    assert job.sql("SELECT count(*) FROM accounts WHERE id IN ('eac_3', 'cred_user_3')") == [(2,)]
    assert job.rows("messages") == before


def test_rows_that_a_user_added_stay_when_the_user_is_taken_back(job: Job) -> None:
    """Nothing that the job wrote was changed: the link is no reason to keep a user whom LobeChat had before."""
    migrate(job)
    before = job.rows("users")
    assert job.run() == 0
    job.sql(OWN_LINK.format(1))
    assert job.run(STAGES="rollback") == 0
    assert kept(job) == set()
    assert job.rows("users") == before
    assert job.sql("SELECT id FROM accounts") == [("own",)]


def kept(job: Job) -> set[str]:
    return {user_id for user_id, reason, _ in job.attention() if reason == "kept_on_rollback"}


def test_run_twice_it_does_nothing(job: Job) -> None:
    migrate(job)
    assert job.run() == 0
    assert job.run(STAGES="rollback") == 0
    before = job.rows()
    assert job.run(STAGES="rollback") == 0
    assert job.rows() == before


def test_two_runs_are_taken_back_newest_first(job: Job) -> None:
    migrate(job)
    before = job.rows()
    assert job.run() == 0
    job.give([user(1, username="new"), user(2, username="newer"), *(user(number) for number in (3, 4, 5))])
    assert job.run() == 0
    assert job.one("username") == "new"
    assert job.run(STAGES="rollback") == 0
    assert job.rows() == before


def test_after_it_the_migration_can_be_run_again(job: Job) -> None:
    migrate(job)
    assert job.run() == 0
    after = job.rows()
    assert job.run(STAGES="rollback") == 0
    assert job.run() == 0
    assert job.rows() == after


def test_after_one_that_kept_someone_too(job: Job) -> None:
    migrate(job)
    assert job.run() == 0
    job.sql("UPDATE users SET first_name = 'Own' WHERE id = 'user_1'")
    job.sql("UPDATE accounts SET password = 'aa:bb' WHERE id = 'cred_user_2'")
    assert job.run(STAGES="rollback") == 0
    assert job.run() == 0
    assert job.one("first_name") == "Own"
    assert job.run(STAGES="verify") == 0


def test_it_takes_back_what_its_dry_run_said(job: Job) -> None:
    """Counted by user and link, whatever the number of runs that wrote them."""
    migrate(job)
    assert job.run() == 0
    job.give([user(1, username="new"), user(2), user(3, external_accounts=(google(3),))])
    assert job.run() == 0
    job.sql("UPDATE users SET first_name = 'Own' WHERE id = 'user_1'")
    told = []
    for dry_run in ("1", "0"):
        assert job.run(STAGES="rollback", DRY_RUN=dry_run) == 0
        told.append((job.report["stages"][0]["counts"], kept(job)))
    assert told[0] == told[1] == ({"users": 4, "accounts": 8, "two_factor": 4, "kept": 1}, {"user_1"})


@pytest.mark.parametrize("batch_size", ["1", "5000"])
def test_its_dry_run_names_whoever_the_real_one_keeps(job: Job, batch_size: str) -> None:
    """For every reason at once: a chat, a taken address, an address that a kept user has, a deleted user."""
    migrate(job)
    job.sql("UPDATE users SET email = 'u2@example.org' WHERE id = 'user_1'")
    job.sql("INSERT INTO users (id, email) VALUES ('user_5', 'U5@example.org')")
    assert job.run() == 0
    job.sql("UPDATE users SET first_name = 'Own' WHERE id = 'user_2'")
    job.sql("INSERT INTO messages (id, role, content, user_id) VALUES ('n', 'user', 'mine', 'user_3')")
    job.sql("DELETE FROM users WHERE id = 'user_4'")
    job.sql("INSERT INTO users (id, email) VALUES ('fresh', 'U5@example.org')")
    told = []
    for dry_run in ("1", "0", "1", "0"):
        assert job.run(STAGES="rollback", DRY_RUN=dry_run, BATCH_SIZE=batch_size) == 0
        told.append((job.report["stages"][0]["counts"], kept(job)))
    everybody = {"user_1", "user_2", "user_3", "user_4", "user_5"}
    assert told == [({"users": 0, "accounts": 0, "two_factor": 0, "kept": 5}, everybody)] * 4
    assert job.run(STAGES="migrate,verify") == 0


def test_users_who_handed_values_around_hand_them_back(job: Job) -> None:
    """A ring of three, and an address that went to a user whom the job made; one user a batch but for them."""
    job.sql(
        "INSERT INTO users (id, email, username, phone) VALUES ('user_1', 'u2@example.org', 'two', '+1'),"
        " ('user_2', 'u3@example.org', 'three', '+2'), ('user_3', 'u1@example.org', 'one', '+3'),"
        " ('user_4', 'u5@example.org', 'five', '+4'), ('user_6', 'U6@example.org', NULL, NULL)"
    )
    before = job.rows()
    job.give([user(number, username=f"name_{number}") for number in range(1, 7)])
    assert job.run(BATCH_SIZE="1") == 0
    assert [job.one("email", number) for number in range(1, 7)] == [f"u{number}@example.org" for number in range(1, 7)]
    assert job.run(STAGES="rollback", BATCH_SIZE="1") == 0
    assert kept(job) == set()
    assert job.rows() == before


def test_what_lobechat_changed_between_two_runs_is_not_taken_back(job: Job) -> None:
    """The second run found the ban and kept it: the ledger's last word is the ban, yet the job never set it."""
    job.sql("INSERT INTO users (id, email) VALUES ('user_1', 'U1@example.org'), ('user_2', 'U2@example.org')")
    job.give([user(1), user(2)])
    assert job.run() == 0
    job.sql("UPDATE users SET banned = true, ban_reason = 'spam' WHERE id = 'user_1'")
    job.give([user(1, first_name="Ada"), user(2, first_name="Bob")])
    assert job.run() == 0
    assert job.run(STAGES="rollback") == 0
    assert kept(job) == {"user_1"}
    assert (job.one("banned"), job.one("email"), job.one("first_name")) == (True, "u1@example.org", "Ada")
    assert (job.one("email", 2), job.one("first_name", 2)) == ("U2@example.org", None)


def test_of_two_who_had_the_same_address_one_after_the_other_neither_gets_it_back(job: Job) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('user_1', 'Old@example.org')")
    job.give([user(1)])
    assert job.run() == 0
    job.sql("INSERT INTO users (id, email) VALUES ('user_2', 'Old@example.org')")
    job.give([user(1), user(2)])
    assert job.run() == 0
    assert job.run(STAGES="rollback") == 0
    assert kept(job) == {"user_1", "user_2"}
    assert (job.one("email"), job.one("email", 2)) == ("u1@example.org", "u2@example.org")


@pytest.mark.parametrize("accept", ["", "public.audit"], ids=["named before", "accepted, and stopped by the guard"])
def test_a_table_that_a_trigger_writes_too_stops_it_with_5_and_nothing_is_taken_back(job: Job, accept: str) -> None:
    migrate(job)
    assert job.run() == 0
    before = job.rows(*TABLES, "messages")
    job.sql(
        "CREATE FUNCTION erase() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN DELETE FROM public.messages; RETURN NULL; /* and public.audit */ END';"
        "CREATE TRIGGER erase AFTER UPDATE ON users FOR EACH STATEMENT EXECUTE FUNCTION erase()"
    )
    assert job.run(STAGES="rollback", ACCEPT_WRITES=accept) == 5
    assert job.preflight("triggers")[0] == ("passed" if accept else "failed")
    assert job.rows(*TABLES, "messages") == before


@pytest.mark.parametrize("dry_run", ["1", "0"])
def test_a_trigger_that_changes_what_is_restored_is_named_before_anything_is(job: Job, dry_run: str) -> None:
    """The guard counts rows, and would see nothing."""
    migrate(job)
    assert job.run() == 0
    before = job.rows()
    job.sql(
        "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN NEW.full_name := upper(NEW.full_name); RETURN NEW; END';"
        "CREATE TRIGGER shout BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION shout()"
    )
    assert job.run(STAGES="rollback", DRY_RUN=dry_run) == 5
    assert "ALTER TABLE public.users DISABLE TRIGGER shout" in job.preflight("triggers")[1]
    assert job.rows() == before


EARLIER_LEDGER = """
    ALTER TABLE clerk_to_betterauth.batches RENAME COLUMN row_changes TO touched;
    ALTER TABLE clerk_to_betterauth.batches DROP COLUMN transaction_id;
    ALTER TABLE clerk_to_betterauth.users DROP COLUMN entry, DROP COLUMN kept_in_lobechat;
    ALTER TABLE clerk_to_betterauth.accounts DROP COLUMN entry;
    ALTER TABLE clerk_to_betterauth.two_factor DROP COLUMN entry"""
PUBLICATION = "CREATE PUBLICATION everything FOR ALL TABLES"


@pytest.mark.parametrize("setting", [EARLIER_LEDGER, PUBLICATION, f"{EARLIER_LEDGER};{PUBLICATION}"])
@pytest.mark.parametrize("keep", [False, True])
def test_an_earlier_versions_ledger_and_a_publication_of_all_tables_are_no_obstacle(
    job: Job, setting: str, *, keep: bool
) -> None:
    migrate(job)
    before = job.rows()
    assert job.run(BATCH_SIZE="2") == 0
    job.sql(setting)
    if keep:
        job.sql("UPDATE users SET first_name = 'Own' WHERE id = 'user_1'")
    assert job.run(STAGES="rollback", DRY_RUN="1") == 0
    told = job.report["stages"][0]["counts"]
    assert told["kept"] == int(keep)
    assert job.run(STAGES="rollback") == 0
    assert job.report["stages"][0]["counts"] == told
    if not keep:
        assert job.rows() == before
    assert job.run() == 0


def test_after_cleanup_it_finds_nothing_to_do_and_says_so(job: Job) -> None:
    migrate(job)
    assert job.run() == 0
    assert job.run(STAGES="cleanup") == 0
    before = job.rows()
    assert job.run(STAGES="rollback") == 0
    assert job.report["stages"][0]["outcome"] == "nothing to roll back"
    assert job.rows() == before


def test_cleanup_drops_the_jobs_schema_and_only_for_real(job: Job) -> None:
    migrate(job)
    assert job.run() == 0
    present = "SELECT to_regnamespace('clerk_to_betterauth') IS NOT NULL"
    assert job.run(STAGES="cleanup", DRY_RUN="1") == 0
    assert job.sql(present) == [(True,)]
    assert job.run(STAGES="cleanup") == 0
    assert job.sql(present) == [(False,)]


@pytest.mark.parametrize("stage", ["rollback", "cleanup"])
def test_where_the_job_wrote_nothing_it_says_so(job: Job, stage: str) -> None:
    assert job.run(STAGES=stage) == 0
    assert job.report["headline"] == "There was nothing to do"
