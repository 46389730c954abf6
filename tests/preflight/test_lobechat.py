"""LobeChat's environment and the LobeChat that runs next: exit code 10 before anything is written."""

from typing import ClassVar

import msgspec
import pytest

from job.lobechat_env.variables import PROVIDERS
from schema.journal import entries
from tests.support.job import DIGEST, Job, google, user
from tests.support.lobechat_env import CANARY, GOOD


def give_environment(job: Job, **changes: str | None) -> dict[str, str]:
    """Write LobeChat's `.env`; returns the settings that name it."""
    values = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    (job.folder / "lobechat.env").write_text("".join(f"{name}='{value}'\n" for name, value in values.items()))
    return {"LOBECHAT_ENV_FILE": "lobechat.env", "AUTH_SECRET": ""}


class TestEnvironment:
    CLERK: ClassVar[dict[str, str | None]] = {
        "CLERK_SECRET_KEY": CANARY,
        "OIDC_JWKS_KEY": CANARY,
        "AUTH_GOOGLE_SECRET": None,
        "S3_BUCKET": None,
    }

    def test_all_problems_are_named_at_once_and_nothing_is_written(
        self, job: Job, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = job.rows()
        assert job.run_dry_and_real(**give_environment(job, **self.CLERK, JWKS_KEY=None)) == [10, 10]
        result, text = job.preflight("lobechat_environment")
        assert result == "failed"
        assert all(name in text for name in self.CLERK)
        assert "3 errors that keep people out, and 2 warnings" in text
        assert job.rows() == before
        assert CANARY not in capsys.readouterr().out
        assert CANARY not in (job.report_folder / "report.html").read_text()

    def test_the_list_of_changes_lies_beside_the_report(self, job: Job) -> None:
        job.run(**give_environment(job, **self.CLERK))
        changes = (job.report_folder / "lobechat_env_changes.txt").read_text()
        assert "# Remove these lines:\nCLERK_SECRET_KEY\nOIDC_JWKS_KEY\n" in changes
        assert "AUTH_GOOGLE_SECRET=<" in changes

    def test_warnings_let_the_run_go_on(self, job: Job) -> None:
        assert job.run_dry_and_real(**give_environment(job, JWKS_KEY=None)) == [0, 0]
        result, text = job.preflight("lobechat_environment")
        assert (result, "JWKS_KEY" in text) == ("warning", True)

    def test_an_environment_that_is_right_passes(self, job: Job) -> None:
        assert job.run(**give_environment(job)) == 0
        assert job.preflight("lobechat_environment")[0] == "passed"

    def test_without_the_file_the_check_is_skipped(self, job: Job) -> None:
        assert job.run() == 0
        assert job.preflight("lobechat_environment")[0] == "skipped"

    def test_the_doctor_says_it_too(self, job: Job) -> None:
        assert job.run(STAGES="check", **give_environment(job, AUTH_URL="x")) == 10


class TestPeople:
    """Three people: each has a password and Google; the first has GitHub too, the last no password and no Google."""

    @pytest.fixture
    def job(self, job: Job) -> Job:
        github = msgspec.structs.replace(google(11), provider="oauth_github")
        casdoor = msgspec.structs.replace(google(12), provider="oauth_casdoor")
        users = [
            user(1, external_accounts=(google(1), github), password_enabled=True),
            user(2, external_accounts=(google(2),), password_enabled=True),
            user(3, external_accounts=(casdoor,), email=None),
        ]
        job.sql("UPDATE public.users SET email = NULL WHERE id = 'user_3'")
        job.give(users, **{f"user_{number}": {"password_digest": DIGEST} for number in (1, 2)})
        return job

    def told(self, job: Job, **changes: str | None) -> tuple[str, str]:
        assert job.run_dry_and_real(**give_environment(job, **changes)) == [0, 0]
        return job.preflight("lobechat_people")

    def test_everybody_has_what_they_need(self, job: Job) -> None:
        every = {"AUTH_SSO_PROVIDERS": "google,github,casdoor", "CASDOOR_WEBHOOK_SECRET": CANARY}
        needed = [name for provider in ("github", "casdoor") for name in PROVIDERS[provider]]
        assert self.told(job, **every, **dict.fromkeys(needed, CANARY))[0] == "passed"

    def test_providers_that_are_not_enabled_are_told_with_their_people(self, job: Job) -> None:
        result, text = self.told(job)
        assert result == "warning"
        assert "github is not enabled: 1 person signed in through it, 0 of them without another way in" in text
        assert "casdoor is not enabled: 1 person signed in through it, 1 of them without another way in" in text
        assert "AUTH_CASDOOR_ID, AUTH_CASDOOR_SECRET, AUTH_CASDOOR_ISSUER" in text
        assert "google" not in text

    def test_who_has_no_address_at_a_provider_without_its_webhook_is_counted(self, job: Job) -> None:
        needed = dict.fromkeys(PROVIDERS["casdoor"], CANARY)
        text = self.told(job, AUTH_SSO_PROVIDERS="google,casdoor", **needed)[1]
        assert "CASDOOR_WEBHOOK_SECRET is missing: 1 person of casdoor without an address" in text

    def test_who_would_need_mail_is_counted(self, job: Job) -> None:
        text = self.told(job, SMTP_HOST=None, AUTH_EMAIL_VERIFICATION=None)[1]
        assert "no mail service: 1 person must set a password by mail" in text

    def test_who_has_a_password_alone_is_counted_where_passwords_are_off(self, job: Job) -> None:
        needed = dict.fromkeys(PROVIDERS["github"], CANARY)
        text = self.told(job, AUTH_DISABLE_EMAIL_PASSWORD="1", AUTH_SSO_PROVIDERS="github", **needed)[1]
        assert "google is not enabled: 2 people signed in through it, 1 of them without another way in" in text
        assert "AUTH_DISABLE_EMAIL_PASSWORD=1 keeps out 1 person with only a password" in text


class TestNextLobeChat:
    """The database is at 0075, and the server has no pg_search."""

    @pytest.mark.parametrize("release", ["2.0.0", "2.1.39"])
    def test_a_release_before_pg_search_needs_nothing(self, job: Job, release: str) -> None:
        assert job.run_dry_and_real(LOBECHAT_RELEASE=release) == [0, 0]
        assert job.preflight("next_lobechat")[0] == "passed"

    @pytest.mark.parametrize("release", ["2.1.40", "v2.2.19", "9.0.0"])
    def test_a_release_that_could_not_start_is_refused_with_the_ways_on(self, job: Job, release: str) -> None:
        assert job.run_dry_and_real(LOBECHAT_RELEASE=release) == [10, 10]
        result, text = job.preflight("next_lobechat")
        assert result == "failed"
        for way in ("paradedb/paradedb:latest-pg1", "2.1.39", "PG_SEARCH=skip", "FTS_SEARCH_PROVIDER=pg_like"):
            assert way in text

    def test_without_a_release_the_assumed_one_is_told(self, job: Job) -> None:
        assert job.run() == 0
        result, text = job.preflight("next_lobechat")
        assert (result, "2.1.39" in text) == ("warning", True)

    def test_skipping_without_recording_the_two_revisions_does_not_help(self, job: Job) -> None:
        assert job.run(LOBECHAT_RELEASE="2.2.13", PG_SEARCH="skip") == 10

    def test_a_release_older_than_the_database_is_told(self, job: Job) -> None:
        job.sql("INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', %s)", stamp("0093"))
        assert job.run(STAGES="check", LOBECHAT_RELEASE="2.1.39") == 0
        result, text = job.preflight("next_lobechat")
        assert (result, "0093" in text) == ("warning", True)

    def test_a_database_past_the_two_revisions_needs_pg_search_no_more(self, job: Job) -> None:
        job.sql("INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', %s)", stamp("0093"))
        assert job.run(STAGES="check", LOBECHAT_RELEASE="2.2.13") == 0
        assert job.preflight("next_lobechat")[0] == "passed"
        assert job.run(STAGES="check", LOBECHAT_RELEASE="2.2.13", PG_SEARCH="skip") == 0
        result, text = job.preflight("next_lobechat")
        assert (result, "FTS_SEARCH_PROVIDER=pg_like" in text) == ("warning", True)
        without = give_environment(job, FTS_SEARCH_PROVIDER="pg_like")
        assert job.run(STAGES="check", LOBECHAT_RELEASE="2.2.13", PG_SEARCH="skip", **without) == 0
        assert job.preflight("next_lobechat")[0] == "passed"


def stamp(revision: str) -> int:
    return entries()[revision].created_at
