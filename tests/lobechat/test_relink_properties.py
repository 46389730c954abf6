"""Late rescue over random histories of people who came back to LobeChat 2 before the migration."""

from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from job.clerk.models import EmailAddress, Verification
from sandbox.lobechat import create_lobechat
from sandbox.postgres import Postgres
from tests.support.job import DIGEST, Job, google, user

OWN = ("user_settings", "agents", "messages")  # rows that nobody may lose, wherever they hang
ALL = ("users", "accounts", "two_factor", "auth_sessions", *OWN)
CELLS = {"password_digest": DIGEST, "password_hasher": "bcrypt"}


class Old(NamedTuple):
    """A user of Clerk's, in LobeChat or not."""

    in_lobechat: bool
    capitals: bool
    verified: bool
    linked: bool
    with_password: bool


class Newcomer(NamedTuple):
    """A user that LobeChat 2 made: whose address and whose Google account it has, and what else."""

    address_of: int | None
    google_of: int | None
    verified: bool
    password_day: int | None  # 1: before any link, 3: after
    other_link: bool
    own_rows: bool
    admin: bool
    sessions: int


OLD = st.builds(Old, *[st.booleans()] * 5)
WHOSE = st.one_of(st.none(), st.integers(0, 2))
NEW = st.builds(
    Newcomer, WHOSE, WHOSE, st.booleans(), st.sampled_from([None, 1, 3]), st.booleans(), st.booleans(),
    st.integers(0, 9).map(lambda number: number == 0), st.integers(0, 2),
)  # fmt: skip


@pytest.fixture(scope="module")
def job(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Job:
    name = server.create_database()
    create_lobechat(server.url(name), "0075")
    return Job(server.url(name), tmp_path_factory.mktemp("relink"))


USER = "INSERT INTO users (id, email, email_verified, username, role, clerk_created_at) VALUES (%s, %s, %s, %s, %s, %s)"
MESSAGE = "INSERT INTO messages (id, role, content, user_id) VALUES (%s, 'user', 'hello', %s)"
ACCOUNT = (
    "INSERT INTO accounts (id, user_id, provider_id, account_id, password, created_at, updated_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
SESSION = "INSERT INTO auth_sessions (id, token, user_id, expires_at, updated_at) VALUES (%s, %s, %s, now(), now())"


def make_history(job: Job, olds: list[Old], newcomers: list[Newcomer]) -> None:
    job.sql("DELETE FROM users; DROP SCHEMA IF EXISTS clerk_to_betterauth CASCADE")
    for number, old in enumerate(olds):
        if old.in_lobechat:
            email = f"{'U' if old.capitals else 'u'}{number}@example.org"
            job.sql(USER, f"user_{number}", email, False, None, None, "2024-01-01")
            job.sql(MESSAGE, f"m{number}", f"user_{number}")
    taken = {f"u{number}@example.org" for number, old in enumerate(olds) if old.in_lobechat and not old.capitals}
    linked: set[int] = set()
    for number, one in enumerate(newcomers):
        name, email = f"new_{number}", f"u{one.address_of}@example.org"
        if one.address_of is None or email in taken:
            email = f"{name}@example.net"
        taken.add(email)
        job.sql(USER, name, email, one.verified, name, "admin" if one.admin else None, None)
        job.sql("INSERT INTO user_settings (id) VALUES (%s)", name)
        if one.google_of is not None and one.google_of not in linked:
            linked.add(one.google_of)
            job.sql(ACCOUNT, f"{name}-google", name, "google", f"g{one.google_of}", None, *["2025-01-02"] * 2)
        if one.other_link:
            job.sql(ACCOUNT, f"{name}-github", name, "github", name, None, *["2025-01-02"] * 2)
        if one.password_day:
            made = f"2025-01-0{one.password_day}"
            job.sql(ACCOUNT, f"{name}-credential", name, "credential", name, f"ab:c{number}", made, made)
        for session in range(one.sessions):
            job.sql(SESSION, f"{name}-{session}", f"{name}-{session}", name)
        if one.own_rows:
            job.sql(MESSAGE, f"n{number}", name)
    job.give(
        [
            user(
                number,
                email_addresses=(
                    EmailAddress("e", f"u{number}@example.org", Verification("verified" if old.verified else "failed")),
                ),
                external_accounts=(google(number),) if old.linked else (),
                password_enabled=old.with_password,
            )
            for number, old in enumerate(olds)
        ],
        **{f"user_{number}": CELLS for number, old in enumerate(olds) if old.with_password},
    )


def proves(newcomer: Newcomer, email: str, number: int, old: Old, has_google: bool) -> bool:
    """Told apart from the job's own rule: the facts that make newcomer and old self the same person."""
    by_link = old.linked and has_google and newcomer.google_of == number
    by_address = email == f"u{number}@example.org" and newcomer.verified and old.verified
    return by_link or by_address


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(OLD, min_size=3, max_size=3), st.lists(NEW, min_size=1, max_size=3))
def test_whatever_happened_before(job: Job, olds: list[Old], newcomers: list[Newcomer]) -> None:
    make_history(job, olds, newcomers)
    before, emails = job.rows(*ALL), dict(job.sql("SELECT id, email FROM users"))
    owners = dict(job.sql("SELECT id, user_id FROM accounts"))
    asked = {"RELINK": "1", "CONFLICTS": "skip", "BATCH_SIZE": "1", "STAGES": "migrate,verify"}
    assert job.run(**asked) == 0
    after = job.rows(*ALL)

    # Nobody loses a row of their own, and no row of anybody's is deleted but sessions.
    assert {table: after[table] for table in OWN} == {table: before[table] for table in OWN}
    assert set(emails) <= {row[0] for row in job.sql("SELECT id FROM users")}
    now = dict(job.sql("SELECT id, user_id FROM accounts"))
    assert set(owners) <= set(now)

    # A row comes to somebody else only with proof, and never from an administrator or whoever has rows of their own.
    moved = {(owners[row], now[row]) for row in owners if owners[row] != now[row]}
    for giver, taker in moved:
        one, number = newcomers[int(giver[4:])], int(taker[5:])
        assert proves(one, emails[giver], number, olds[number], f"{giver}-google" in owners)
        assert not one.own_rows
        assert not one.admin
        assert not (one.password_day == 1 and (one.other_link or f"{giver}-google" in owners))
    assert len({giver for giver, _ in moved}) == len(moved)

    # Sessions end for those who were joined, and for nobody else.
    joined = {name for (name,) in job.sql("SELECT id FROM clerk_to_betterauth.newcomers")} if has_ledger(job) else set()
    assert {giver for giver, _ in moved} <= joined
    left = {user_id for (user_id,) in job.sql("SELECT user_id FROM auth_sessions")}
    assert left == {f"new_{number}" for number, one in enumerate(newcomers) if one.sessions} - joined
    assert {user_id for user_id, reason, _ in job.attention() if reason == "newcomer_joined"} == (
        {name for (name,) in job.sql("SELECT user_id FROM clerk_to_betterauth.newcomers")} if joined else set()
    )

    assert job.run(**asked) == 0
    assert job.rows(*ALL) == after
    assert job.run(STAGES="rollback", BATCH_SIZE="1") == 0
    assert job.rows(*ALL) == before


def has_ledger(job: Job) -> bool:
    return bool(job.sql("SELECT to_regclass('clerk_to_betterauth.newcomers') IS NOT NULL")[0][0])
