"""What verify says of a hundred changes to a migrated database: each is one row here, undone before the next.

`at once` is what the run says that wrote the rows, `later` what any later run says.  Where neither fails, the number of
users changed since tells of it, or nobody does: docs/verify.md says why.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import pytest

from job.lobechat.plan.plan import CLEAR, SCOPE_ALL, make_plan
from job.lobechat.session.sql import run_sql
from job.lobechat.verify.checks import run_checks
from job.settings import Stage
from job.stages import STAGES, Outcome, Run
from sandbox.lobechat import create_lobechat
from sandbox.postgres import Postgres
from tests.support.job import DIGEST, Job, google, user

SECRET = "7777777777777777777777777777777Q"
CELLS = {"password_digest": DIGEST, "password_hasher": "bcrypt", "totp_secret": SECRET}
USER = "UPDATE users SET {} WHERE id = 'user_1'"
CREDENTIAL = "UPDATE accounts SET {} WHERE id = 'cred_user_1'"
LINK = "UPDATE accounts SET {} WHERE id = 'eac_1'"
FACTOR = "UPDATE two_factor SET {} WHERE user_id = 'user_1'"
NEW_ACCOUNT = (
    "INSERT INTO accounts (id, user_id, provider_id, account_id, password, updated_at) VALUES ('x', {}, now())"
)
SHUT_OUT = "UPDATE users SET {} WHERE id = 'user_2'"


class Mutation(NamedTuple):
    """What was changed; the checks that fail at once and later, in their order; users counted as changed since."""

    sql: str
    at_once: str = ""
    later: str = ""
    changed: int = 0


def statements(*texts: str) -> str:
    return "; ".join(texts)


def unseen(sql: str) -> Mutation:
    """None of the job's business, or a value as good as the job's."""
    return Mutation(sql)


def at_once(sql: str, checks: str, changed: int) -> Mutation:
    """Wrong right after the run that wrote it; LobeChat's right later, and counted."""
    return Mutation(sql, checks, "", changed)


def owns(sql: str) -> Mutation:
    """LobeChat's or the user's right: counted, never failed."""
    return Mutation(sql, changed=1)


def fails(sql: str, checks: str, changed: int = 0) -> Mutation:
    """Wrong whenever it is looked at."""
    return Mutation(sql, checks, checks, changed)


MUTATIONS: dict[str, Mutation] = {
    "user: email = 'own@x.org'": owns(USER.format("email = 'own@x.org'")),
    "user: email = NULL": owns(USER.format("email = NULL")),
    "user: email = 'U1@example.org'": fails(
        USER.format("email = 'U1@example.org'"), "emails.matchable users.complete", changed=1
    ),
    "user: email = ' u1@example.org'": fails(
        USER.format("email = ' u1@example.org'"), "emails.matchable users.complete", changed=1
    ),
    "user: email_verified = false": owns(USER.format("email_verified = false")),
    "user: username = 'own'": owns(USER.format("username = 'own'")),
    "user: username = NULL": owns(USER.format("username = NULL")),
    "user: first_name = 'Own'": owns(USER.format("first_name = 'Own'")),
    "user: first_name = NULL": owns(USER.format("first_name = NULL")),
    "user: last_name = 'Own'": owns(USER.format("last_name = 'Own'")),
    "user: last_name = NULL": owns(USER.format("last_name = NULL")),
    "user: full_name = 'Own'": owns(USER.format("full_name = 'Own'")),
    "user: full_name = NULL": owns(USER.format("full_name = NULL")),
    "user: full_name = ''": owns(USER.format("full_name = ''")),
    "user: avatar = 'https://x.org/a.png'": owns(USER.format("avatar = 'https://x.org/a.png'")),
    "user: avatar = NULL": unseen(USER.format("avatar = NULL")),
    "user: avatar = 'https://img.clerk.com/x'": owns(USER.format("avatar = 'https://img.clerk.com/x'")),
    "user: phone = '+1555'": owns(USER.format("phone = '+1555'")),
    "user: phone = NULL": unseen(USER.format("phone = NULL")),
    "user: phone_number_verified = true": owns(USER.format("phone_number_verified = true")),
    "user: phone_number_verified = NULL": unseen(USER.format("phone_number_verified = NULL")),
    "user: role = 'admin'": owns(USER.format("role = 'admin'")),
    "user: role = NULL": fails(USER.format("role = NULL"), "users.complete", changed=1),
    "user: role = 'user'": unseen(USER.format("role = 'user'")),
    "user: banned = true": owns(USER.format("banned = true")),
    "user: banned = NULL": fails(USER.format("banned = NULL"), "users.complete", changed=1),
    "user: ban_reason = 'spam'": fails(USER.format("ban_reason = 'spam'"), "users.complete", changed=1),
    "user: ban_expires = now()": fails(USER.format("ban_expires = now()"), "users.complete", changed=1),
    "user: two_factor_enabled = false": owns(USER.format("two_factor_enabled = false")),
    "user: two_factor_enabled = NULL": owns(USER.format("two_factor_enabled = NULL")),
    "user: clerk_created_at = now()": owns(USER.format("clerk_created_at = now()")),
    "user: clerk_created_at = NULL": fails(USER.format("clerk_created_at = NULL"), "users.complete", changed=1),
    "user: last_active_at = now()": unseen(USER.format("last_active_at = now()")),
    "user: updated_at = now()": unseen(USER.format("updated_at = now()")),
    "user: created_at = now()": unseen(USER.format("created_at = now()")),
    "user: accessed_at = now()": unseen(USER.format("accessed_at = now()")),
    "user: normalized_email = 'x@x.org'": unseen(USER.format("normalized_email = 'x@x.org'")),
    "user: is_onboarded = true": unseen(USER.format("is_onboarded = true")),
    "user: preference = '{}'": unseen(USER.format("preference = '{}'")),
    "user shut out: banned = false": owns(SHUT_OUT.format("banned = false")),
    "user shut out: banned = false, ban_reason = NULL, ban_expires = NULL": owns(
        SHUT_OUT.format("banned = false, ban_reason = NULL, ban_expires = NULL")
    ),
    "user shut out: ban_reason = 'other'": owns(SHUT_OUT.format("ban_reason = 'other'")),
    "user shut out: ban_expires = now() + interval '1 year'": owns(
        SHUT_OUT.format("ban_expires = now() + interval '1 year'")
    ),
    "user shut out: ban_expires = now()-interval '1 day'": owns(
        SHUT_OUT.format("ban_expires = now()-interval '1 day'")
    ),
    "user: deleted": at_once(
        "DELETE FROM users WHERE id='user_1'", "ledger.accounts ledger.two_factor ledger.users", changed=1
    ),
    "user made by the job: deleted": at_once(
        "DELETE FROM users WHERE id='user_3'", "ledger.accounts ledger.users", changed=1
    ),
    "user: another id": Mutation(
        statements(
            "ALTER TABLE accounts DISABLE TRIGGER ALL",
            "ALTER TABLE users DISABLE TRIGGER ALL",
            "UPDATE users SET id='own' WHERE id='user_3'",
        ),
        "accounts.not_dangling ledger.users",
        "accounts.not_dangling",
        1,
    ),
    "all users: email emptied": Mutation("UPDATE users SET email = NULL", changed=3),
    "all users: admin": Mutation("UPDATE users SET role='admin'", changed=3),
    "all users: first names": Mutation("UPDATE users SET first_name='x'", changed=3),
    "password: password = 'aa:bb'": owns(CREDENTIAL.format("password = 'aa:bb'")),
    "password: password = NULL": owns(CREDENTIAL.format("password = NULL")),
    "password: password = ''": owns(CREDENTIAL.format("password = ''")),
    "password: password = 'plain'": owns(CREDENTIAL.format("password = 'plain'")),
    "password: password = '$2y$04$' || repeat('a',53)": owns(
        CREDENTIAL.format("password = '$2y$04$' || repeat('a',53)")
    ),
    "password: account_id = 'other'": owns(CREDENTIAL.format("account_id = 'other'")),
    "password: provider_id='google'": fails(CREDENTIAL.format("provider_id='google'"), "accounts.complete", changed=1),
    "password: scope='x'": owns(CREDENTIAL.format("scope='x'")),
    "password: user_id='user_3'": at_once(CREDENTIAL.format("user_id='user_3'"), "ledger.accounts", changed=1),
    "password: user_id='local'": at_once(CREDENTIAL.format("user_id='local'"), "ledger.accounts", changed=1),
    "password: id='own'": at_once(CREDENTIAL.format("id='own'"), "ledger.accounts", changed=1),
    "password: updated_at=now()": unseen(CREDENTIAL.format("updated_at=now()")),
    "password: created_at=now()": unseen(CREDENTIAL.format("created_at=now()")),
    "password: access_token='x'": unseen(CREDENTIAL.format("access_token='x'")),
    "password: refresh_token='x'": unseen(CREDENTIAL.format("refresh_token='x'")),
    "password: id_token='x'": unseen(CREDENTIAL.format("id_token='x'")),
    "link: password='x'": owns(LINK.format("password='x'")),
    "link: provider_id='github'": fails(LINK.format("provider_id='github'"), "accounts.complete", changed=1),
    "link: account_id='other'": owns(LINK.format("account_id='other'")),
    "link: scope='other'": owns(LINK.format("scope='other'")),
    "link: scope=NULL": unseen(LINK.format("scope=NULL")),
    "link: user_id='user_3'": at_once(LINK.format("user_id='user_3'"), "ledger.accounts", changed=1),
    "link: user_id='local'": at_once(LINK.format("user_id='local'"), "ledger.accounts", changed=1),
    "link: id='own'": at_once(LINK.format("id='own'"), "ledger.accounts", changed=1),
    "link: updated_at=now()": unseen(LINK.format("updated_at=now()")),
    "link: access_token='x'": unseen(LINK.format("access_token='x'")),
    "link: refresh_token='x'": unseen(LINK.format("refresh_token='x'")),
    "link: access_token_expires_at=now()": unseen(LINK.format("access_token_expires_at=now()")),
    "password: deleted": at_once("DELETE FROM accounts WHERE id='cred_user_1'", "ledger.accounts", changed=1),
    "link: deleted": at_once("DELETE FROM accounts WHERE id='eac_1'", "ledger.accounts", changed=1),
    "link: deleted and linked again": at_once(
        statements("DELETE FROM accounts WHERE id='eac_1'", NEW_ACCOUNT.format("'user_1', 'google', 'g1', NULL")),
        "ledger.accounts",
        changed=1,
    ),
    "password: deleted and set anew": at_once(
        statements(
            "DELETE FROM accounts WHERE id='cred_user_1'",
            NEW_ACCOUNT.format("'user_1', 'credential', 'user_1', 'aa:bb'"),
        ),
        "ledger.accounts",
        changed=1,
    ),
    "link: deleted and linked by another user": at_once(
        statements("DELETE FROM accounts WHERE id='eac_1'", NEW_ACCOUNT.format("'local', 'google', 'g1', NULL")),
        "ledger.accounts",
        changed=1,
    ),
    "all accounts: deleted": at_once("DELETE FROM accounts", "ledger.accounts", changed=3),
    "all passwords: emptied": Mutation("UPDATE accounts SET password = NULL", changed=2),
    "link: doubled for the same user": fails(
        NEW_ACCOUNT.format("'user_1', 'google', 'g1', NULL"), "accounts.linked_once"
    ),
    "link: doubled for another user in scope": fails(
        NEW_ACCOUNT.format("'user_3', 'google', 'g1', NULL"), "accounts.linked_once"
    ),
    "link: doubled for a stranger": fails(NEW_ACCOUNT.format("'local', 'google', 'g1', NULL"), "accounts.linked_once"),
    "password: a second one": fails(
        NEW_ACCOUNT.format("'user_1', 'credential', 'user_1', 'aa:bb'"), "accounts.one_credential"
    ),
    "user without a password: sets one": unseen(NEW_ACCOUNT.format("'user_3', 'credential', 'user_3', 'aa:bb'")),
    "user: another link": unseen(NEW_ACCOUNT.format("'user_1', 'github', 'own', NULL")),
    "user: a second account of the same provider": unseen(NEW_ACCOUNT.format("'user_1', 'google', 'own', NULL")),
    "stranger: link doubled": unseen(NEW_ACCOUNT.format("'local_2', 'github', 'l', NULL")),
    "stranger: two passwords": unseen(
        statements(
            NEW_ACCOUNT.format("'local', 'credential', 'local', 'aa:bb'"),
            NEW_ACCOUNT.replace("'x'", "'y'").format("'local', 'credential', 'local', 'aa:bb'"),
        )
    ),
    "stranger: deleted": unseen("DELETE FROM users WHERE id='local'"),
    "stranger: an address in capitals": unseen("UPDATE users SET email='L@x.org' WHERE id='local'"),
    "stranger: an account without a user": unseen(
        statements(
            "ALTER TABLE accounts DROP CONSTRAINT accounts_user_id_users_id_fk",
            NEW_ACCOUNT.format("'gone', 'github', 'own', NULL"),
        )
    ),
    "link: its user gone": Mutation(
        statements(
            "ALTER TABLE accounts DROP CONSTRAINT accounts_user_id_users_id_fk", "DELETE FROM users WHERE id='user_3'"
        ),
        "accounts.not_dangling ledger.users",
        "accounts.not_dangling",
        1,
    ),
    "stranger: a second factor without a user": unseen(
        statements(
            "ALTER TABLE two_factor DROP CONSTRAINT two_factor_user_id_users_id_fk",
            "INSERT INTO two_factor (id, user_id, secret, backup_codes) VALUES ('x','gone','s','b')",
        )
    ),
    "second factor: its user gone": Mutation(
        statements(
            "ALTER TABLE two_factor DROP CONSTRAINT two_factor_user_id_users_id_fk",
            "DELETE FROM users WHERE id='user_2'",
        ),
        "accounts.not_dangling ledger.accounts ledger.users",
        "accounts.not_dangling",
        1,
    ),
    "second factor: secret='x'": owns(FACTOR.format("secret='x'")),
    "second factor: backup_codes='x'": owns(FACTOR.format("backup_codes='x'")),
    "second factor: user_id='user_3'": at_once(FACTOR.format("user_id='user_3'"), "ledger.two_factor", changed=1),
    "second factor: user_id='local'": at_once(FACTOR.format("user_id='local'"), "ledger.two_factor", changed=1),
    "second factor: id='own'": at_once(FACTOR.format("id='own'"), "ledger.two_factor", changed=1),
    "second factor: secret=''": owns(FACTOR.format("secret=''")),
    "second factor: deleted": at_once("DELETE FROM two_factor WHERE user_id='user_1'", "ledger.two_factor", changed=1),
    "second factor: switched off in LobeChat": at_once(
        statements(
            "DELETE FROM two_factor WHERE user_id='user_1'",
            "UPDATE users SET two_factor_enabled=false WHERE id = 'user_1'",
        ),
        "ledger.two_factor",
        changed=1,
    ),
    "second factor: a second one": fails(
        "INSERT INTO two_factor (id, user_id, secret, backup_codes) VALUES ('x','user_1','s','b')",
        "two_factor.only_one",
    ),
    "second factor: one of the user's own": unseen(
        "INSERT INTO two_factor (id, user_id, secret, backup_codes) VALUES ('x','user_3','s','b')"
    ),
    "chat: changed": unseen("UPDATE messages SET content='x'"),
    "chat: deleted": unseen("DELETE FROM messages"),
    "session: begun": unseen(
        "INSERT INTO auth_sessions (id, expires_at, token, updated_at, user_id)"
        " VALUES ('s', now(), 't', now(), 'user_1')"
    ),
    "on the way: users, new_email='x'": at_once(
        "UPDATE clerk_to_betterauth.users SET new_email='x' WHERE id='user_1'", "written.users", changed=1
    ),
    "on the way: users, new_role='admin'": at_once(
        "UPDATE clerk_to_betterauth.users SET new_role='admin' WHERE id='user_1'", "written.users", changed=1
    ),
    "on the way: users, new_first_name='x'": at_once(
        "UPDATE clerk_to_betterauth.users SET new_first_name='x' WHERE id='user_1'", "written.users", changed=1
    ),
    "on the way: users, new_banned=true": at_once(
        "UPDATE clerk_to_betterauth.users SET new_banned=true WHERE id='user_1'", "written.users", changed=1
    ),
    "on the way: users, new_two_factor_enabled=false": at_once(
        "UPDATE clerk_to_betterauth.users SET new_two_factor_enabled=false WHERE id='user_1'",
        "written.users",
        changed=1,
    ),
    "on the way: users, new_clerk_created_at=now()": at_once(
        "UPDATE clerk_to_betterauth.users SET new_clerk_created_at=now() WHERE id='user_1'", "written.users", changed=1
    ),
    "on the way: users, new_email_verified=false": at_once(
        "UPDATE clerk_to_betterauth.users SET new_email_verified=false WHERE id='user_1'", "written.users", changed=1
    ),
    "on the way: accounts": at_once(
        "UPDATE clerk_to_betterauth.accounts SET fingerprint='x' WHERE id='cred_user_1'", "written.accounts", changed=1
    ),
    "on the way: link": at_once(
        "UPDATE clerk_to_betterauth.accounts SET fingerprint='x' WHERE id='eac_1'", "written.accounts", changed=1
    ),
    "on the way: two_factor": at_once(
        "UPDATE clerk_to_betterauth.two_factor SET fingerprint='x' WHERE user_id='user_1'",
        "written.two_factor",
        changed=1,
    ),
    "on the way: link to another user": at_once(
        "UPDATE clerk_to_betterauth.accounts SET user_id='user_3' WHERE id='eac_1'",
        "ledger.accounts written.accounts",
        changed=1,
    ),
    "on the way: factor to another user": at_once(
        "UPDATE clerk_to_betterauth.two_factor SET user_id='user_3' WHERE user_id='user_1'",
        "ledger.two_factor written.two_factor",
        changed=1,
    ),
    "ledger: a user forgotten": fails("DELETE FROM clerk_to_betterauth.users WHERE id='user_1'", "ledger.batches"),
    "ledger: a link forgotten": fails("DELETE FROM clerk_to_betterauth.accounts WHERE id='eac_1'", "ledger.batches"),
    "ledger: a second factor forgotten": fails(
        "DELETE FROM clerk_to_betterauth.two_factor WHERE user_id='user_1'", "ledger.batches"
    ),
    "ledger: a batch forgotten": fails("DELETE FROM clerk_to_betterauth.batches", "ledger.batches"),
    "ledger: emptied": unseen(
        "TRUNCATE clerk_to_betterauth.batches, clerk_to_betterauth.users, clerk_to_betterauth.accounts,"
        " clerk_to_betterauth.two_factor"
    ),
    "ledger: another table written": fails(
        "UPDATE clerk_to_betterauth.batches SET row_changes = row_changes || '{\"public.messages\": [0, 1, 0]}'",
        "ledger.batches",
    ),
    "ledger: other numbers": fails(
        "UPDATE clerk_to_betterauth.batches"
        " SET row_changes = row_changes || '{\"clerk_to_betterauth.users\": [9, 0, 0]}'",
        "ledger.batches",
    ),
}


class UndoError(Exception):
    """Takes a mutation back."""


@pytest.fixture(scope="module")
def found(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[str, str, int]]]:
    name = server.create_database()
    create_lobechat(server.url(name), "0075")
    job = Job(server.url(name), tmp_path_factory.mktemp("mutations"))
    job.sql(
        "INSERT INTO users (id, email, full_name) VALUES ('user_1', 'U1@example.org', 'One'), ('local', 'l@x.org', ''),"
        " ('local_2', 'l2@x.org', '')"
    )
    job.sql(NEW_ACCOUNT.format("'local', 'github', 'l', NULL").replace("'x'", "'l'"))
    job.sql("INSERT INTO messages (id, role, content, user_id) VALUES ('m', 'user', 'hello', 'user_1')")
    fields: dict[str, Any] = {"password_enabled": True, "totp_enabled": True}
    job.give(
        [
            user(1, external_accounts=(google(1),), username="one", first_name="Ada", last_name="L", **fields),
            user(2, banned=True, external_accounts=(google(2),), **fields),
            user(3, external_accounts=(google(3),)),
        ],
        user_1=CELLS,
        user_2=CELLS,
    )
    results: dict[str, tuple[str, str, int]] = {}

    def mutate(run: Run) -> Outcome:
        for one, mutation in MUTATIONS.items():
            results[one] = say(run, mutation.sql)
        return "mutated", {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(STAGES, Stage.VERIFY, mutate)
        assert job.run() == 0
    yield results
    server.drop_database(name)


def say(run: Run, sql: str) -> tuple[str, str, int]:
    """What verify says of it at once, and later; and how many users it counts as changed since."""
    connection = run.migration.connection
    said: list[str] = []
    changed = 0
    with suppress(UndoError), run.database.transaction(connection):
        search_path = "SET LOCAL search_path = {}"
        run_sql(connection, search_path.format("public"), sql, search_path.format("pg_catalog, pg_temp"))
        run_sql(connection, SCOPE_ALL, CLEAR)
        make_plan(connection, simple=False)
        for run_id in (run.context.run_id, "a later run"):
            connection.exec_driver_sql("UPDATE pg_temp.run SET run_id = %s", (run_id,))
            checks, changed = run_checks(connection)
            said.append(" ".join(sorted(one.name for one in checks if not one.passed)))
        raise UndoError
    return said[0], said[1], changed


@pytest.mark.parametrize("name", MUTATIONS)
def test_verify_says_what_docs_verify_promises(name: str, found: dict[str, tuple[str, str, int]]) -> None:
    mutation = MUTATIONS[name]
    assert found[name] == (mutation.at_once, mutation.later, mutation.changed)
