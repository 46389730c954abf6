"""Where LobeChat's own file is given, its settings are read from there; a variable that says otherwise is refused."""

from pathlib import Path

import pytest

from job.core.errors import SettingsError
from job.settings import Settings, load_settings

C = "CLERK_TO_BETTERAUTH_"
LOBECHAT = """
AUTH_SECRET=canary-auth-secret
AUTH_SSO_PROVIDERS=google,microsoft-entra-id
AUTH_EMAIL_VERIFICATION=1
SMTP_HOST=mail
SMTP_USER=user
SMTP_PASS=canary-smtp-pass
DATABASE_URL=postgresql://lobe:canary-of-lobechat@db/lobechat
"""


def load(folder: Path, text: str = LOBECHAT, **variables: str) -> Settings:
    (folder / "lobechat.env").write_text(text)
    required = {
        f"TEST_{C}DATABASE_URL": "postgresql://lobe:pass@db:5432/lobechat",
        f"TEST_{C}CLERK_SECRET_KEY": "sk_test_x",
        f"{C}LOBECHAT_ENV_FILE": "lobechat.env",
    }
    return load_settings({**required, **variables}, folder)


def faults(folder: Path, text: str = LOBECHAT, **variables: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(folder, text, **variables)
    assert "canary" not in str(caught.value.details)
    return [problem.partition(":")[0] for problem in caught.value.details]


def secret(settings: Settings) -> str | None:
    return settings.auth_secret.get_secret_value() if settings.auth_secret else None


def test_lobechats_settings_are_read_from_its_file(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert secret(settings) == "canary-auth-secret"
    assert settings.auth_sso_providers == frozenset({"google", "microsoft"})
    assert (settings.auth_email_verification, settings.auth_disable_email_password) == (True, False)
    assert settings.mail_service


def test_what_the_file_does_not_set_is_not_set(tmp_path: Path) -> None:
    settings = load(tmp_path, "OTHER=1\n")
    assert (secret(settings), settings.auth_sso_providers, settings.mail_service) == (None, frozenset(), False)


def test_a_mail_service_is_one_that_can_send(tmp_path: Path) -> None:
    assert not load(tmp_path, "SMTP_HOST=mail\n").mail_service
    assert load(tmp_path, "EMAIL_SERVICE_PROVIDER=resend\nRESEND_API_KEY=k\nRESEND_FROM=a@b.example\n").mail_service


def test_a_switch_is_on_with_1_alone(tmp_path: Path) -> None:
    assert not load(tmp_path, "AUTH_DISABLE_EMAIL_PASSWORD=true\n").auth_disable_email_password
    assert load(tmp_path, "AUTH_DISABLE_EMAIL_PASSWORD=1\n").auth_disable_email_password


def test_a_mounted_secret_is_taken_to_the_last_byte(tmp_path: Path) -> None:
    """Better Auth derives its key from all of it: without the line break backup codes would open nothing."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "AUTH_SECRET").write_text("canary\n")
    settings = load(tmp_path, **{f"{C}LOBECHAT_ENV_FILE": f"lobechat.env, {tmp_path / 'secret'}"})
    assert secret(settings) == "canary\n"
    assert settings.auth_sso_providers == frozenset({"google", "microsoft"})


@pytest.mark.parametrize(
    ("name", "value"),
    [("AUTH_SECRET", "canary-another"), ("AUTH_SSO_PROVIDERS", "google"), ("AUTH_EMAIL_VERIFICATION", "0"),
     ("AUTH_DISABLE_EMAIL_PASSWORD", "1")],
)  # fmt: skip
def test_a_variable_that_contradicts_the_file_is_refused(tmp_path: Path, name: str, value: str) -> None:
    assert faults(tmp_path, **{name: value}) == [name]


def test_a_mail_service_that_the_file_does_not_have_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, "OTHER=1\n", SMTP_HOST="mail") == ["SMTP_HOST"]


def test_a_variable_that_says_the_same_is_taken(tmp_path: Path) -> None:
    same = {"AUTH_SECRET": "canary-auth-secret", "AUTH_SSO_PROVIDERS": "microsoft, google", "SMTP_HOST": "any"}
    assert load(tmp_path, AUTH_EMAIL_VERIFICATION="1", AUTH_DISABLE_EMAIL_PASSWORD="0", **same).mail_service


def test_a_value_that_only_compose_knows_is_given_to_the_job_beside_the_file(tmp_path: Path) -> None:
    settings = load(
        tmp_path, "AUTH_SECRET\nAUTH_SSO_PROVIDERS=$PROVIDERS\n", AUTH_SECRET="own", AUTH_SSO_PROVIDERS="okta"
    )
    assert (secret(settings), settings.auth_sso_providers) == ("own", frozenset({"okta"}))


@pytest.mark.parametrize("text", ["X=1\n=canary\n", "A='canary\n", "A=${canary"])
def test_a_file_that_cannot_be_read_is_refused_by_its_variable(tmp_path: Path, text: str) -> None:
    assert faults(tmp_path, text) == [f"{C}LOBECHAT_ENV_FILE"]


def test_every_secret_of_the_file_is_kept_out_of_logs(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert {"canary-auth-secret", "canary-smtp-pass", "canary-of-lobechat"} <= set(settings.secrets())
    assert "canary" not in f"{settings!r} {settings.describe()} {settings.model_dump()}"


def test_a_release_is_kept_without_the_v_of_its_tag(tmp_path: Path) -> None:
    assert load(tmp_path, **{f"{C}LOBECHAT_RELEASE": "v2.2.19"}).lobechat_release == "2.2.19"
