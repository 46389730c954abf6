"""Whoever came back to LobeChat 2 before the migration, not recognised, gets into the old account by late rescue."""

from pathlib import Path

import pytest

from sandbox.postgres import Postgres
from tests.signin.better_auth import BetterAuth
from tests.support.job import DIGEST, Job, google, user
from tests.support.prepared import template_at

pytestmark = pytest.mark.signin

ADDRESS = "u1@example.org"
PASSWORD = "set-meanwhile-1"


@pytest.mark.usefixtures("_packages")
def test_a_rescued_person_signs_in_by_provider_and_by_the_password_set_meanwhile(
    server: Postgres, version: str, tmp_path: Path
) -> None:
    url = server.url(server.create_database(template_at("0075")))
    job = Job(url, tmp_path)
    job.sql("INSERT INTO users (id, email, clerk_created_at) VALUES ('user_1', 'U1@example.org', '2024-01-01')")
    with BetterAuth(version, url) as lobechat:
        came_back = lobechat.sso("google", "g1", ADDRESS)
        assert came_back.is_new
        assert came_back.user_id not in {None, "user_1"}
        assert lobechat.set_password(ADDRESS, PASSWORD).user_id == came_back.user_id
    job.give(
        [user(1, external_accounts=(google(1),), password_enabled=True)],
        user_1={"password_digest": DIGEST, "password_hasher": "bcrypt"},
    )
    assert job.run(RELINK="1") == 0
    assert job.sql("SELECT count(*) FROM auth_sessions") == [(0,)]
    with BetterAuth(version, url) as lobechat:
        assert lobechat.sso("google", "g1", ADDRESS).user_id == "user_1"
        assert lobechat.sign_in(ADDRESS, PASSWORD).user_id == "user_1"
