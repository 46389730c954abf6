"""What concerns very many users is told as a number: pictures at Clerk, passwords by mail, the onboarding."""

from pathlib import Path

import pytest

from tests.support.job import DIGEST, Job, google, user

CLERK_PICTURE = "https://img.clerk.com/abc"


@pytest.fixture
def job(lobechat_url: str, tmp_path: Path) -> Job:
    return Job(lobechat_url, tmp_path)


def numbers(job: Job) -> dict[str, int]:
    wide = {"onboarding_once", "password_by_mail_possible", "avatar_at_clerk", "password_lost_by_code"}
    return {one["code"]: one["count"] for one in job.report["findings"] if one["code"] in wide}


@pytest.mark.parametrize("dry_run", ["1", "0"])
def test_whoever_came_through_a_provider_alone_can_set_a_password_by_mail(job: Job, dry_run: str) -> None:
    both = user(2, external_accounts=(google(2),), password_enabled=True)
    job.give(
        [user(1, external_accounts=(google(1),)), both, user(3), user(4, email=None, external_accounts=(google(4),))],
        user_2={"password_digest": DIGEST, "password_hasher": "bcrypt"},
    )
    assert job.run(DRY_RUN=dry_run) == 0
    assert numbers(job)["password_by_mail_possible"] == 1
    assert job.run(DRY_RUN=dry_run, AUTH_DISABLE_EMAIL_PASSWORD="1", AUTH_SSO_PROVIDERS="google") == 0
    assert "password_by_mail_possible" not in numbers(job)


@pytest.mark.parametrize("dry_run", ["1", "0"])
def test_pictures_that_clerk_serves_are_counted(job: Job, dry_run: str) -> None:
    job.sql("INSERT INTO users (id, email, avatar) VALUES ('own', 'own@example.org', %s)", CLERK_PICTURE)
    job.sql("INSERT INTO users (id, email, avatar) VALUES ('user_2', 'u2@example.org', 'https://example.org/me.png')")
    job.give(
        [user(1, has_image=True, image_url=CLERK_PICTURE), user(2, has_image=True, image_url=CLERK_PICTURE), user(3)]
    )
    assert job.run(DRY_RUN=dry_run) == 0
    assert numbers(job)["avatar_at_clerk"] == 2


def test_everybody_who_gets_in_sees_the_onboarding(job: Job) -> None:
    job.give([user(1), user(2, banned=True), user(3, email=None)])
    assert job.run() == 0
    assert numbers(job)["onboarding_once"] == 1


def test_a_password_that_a_code_by_mail_would_delete_is_counted_from_its_release_on(job: Job) -> None:
    job.give([user(1, password_enabled=True)], user_1={"password_digest": DIGEST, "password_hasher": "bcrypt"})
    job.sql("INSERT INTO users (id, email) VALUES ('own', 'own@example.org')")
    job.sql(
        "INSERT INTO accounts (id, user_id, provider_id, account_id, password, updated_at)"
        " VALUES ('a', 'own', 'credential', 'own', %s, now())",
        DIGEST,
    )
    assert job.run(LOBECHAT_RELEASE="2.1.39") == 0
    assert "password_lost_by_code" not in numbers(job)
    assert job.run(LOBECHAT_RELEASE="2.2.19", STAGES="migrate,verify") == 0
    assert numbers(job)["password_lost_by_code"] == 1
