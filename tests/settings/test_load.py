"""What a good environment becomes."""

import socket
from pathlib import Path

import pytest
from psycopg2.extensions import parse_dsn
from pydantic import ValidationError

from job.core.errors import SettingsError
from job.settings import Mode, Settings, Stage, load_settings

C = "CLERK_TO_BETTERAUTH_"
TEST_URL = f"TEST_{C}DATABASE_URL"
TEST_KEY = f"TEST_{C}CLERK_SECRET_KEY"
URL = "postgresql://lobe:canary%20secret@ep-a-pooler.eu.neon.tech:5432/lobechat"
GUIDE = f"""
{C}MODE=test
{TEST_URL}=postgresql://user:pass@test-host:5432/testdb
PROD_{C}DATABASE_URL=postgresql://user:pass@prod-host:5432/proddb
{TEST_KEY}=sk_test_xxx
PROD_{C}CLERK_SECRET_KEY=sk_live_xxx
{C}DATABASE_DRIVER=neon
{C}DRY_RUN=1
"""


def load(folder: Path, **variables: str) -> Settings:
    return load_settings({TEST_URL: URL, TEST_KEY: "sk_test_canarykey", **variables}, folder)


def problems(folder: Path, **variables: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(folder, **variables)
    return caught.value.details


def test_the_guides_env_file_works_unchanged(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(GUIDE)
    settings = load_settings({}, tmp_path)
    assert settings.mode is Mode.TEST
    assert settings.dry_run
    assert settings.csv_file == tmp_path / "data/test/clerk_exported_users.csv"
    assert settings.json_file == tmp_path / "data/test/clerk_users.json"
    assert settings.report_dir == tmp_path / "data/test/report"
    assert settings.clerk_secret_key is not None
    assert settings.clerk_secret_key.get_secret_value() == "sk_test_xxx"


def test_mode_picks_prods_variables_and_folder(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(GUIDE)
    settings = load_settings({f"{C}MODE": "prod"}, tmp_path)
    assert settings.folder == tmp_path / "data/prod"
    assert settings.database_name == "proddb"
    assert settings.clerk_secret_key is not None
    assert settings.clerk_secret_key.get_secret_value() == "sk_live_xxx"


def test_a_real_variable_wins_over_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"{C}BATCH_SIZE=7\n{C}ORPHANS=migrate\n")
    settings = load(tmp_path, **{f"{C}BATCH_SIZE": "8"})
    assert (settings.batch_size, settings.orphans) == (8, "migrate")


def test_an_env_file_with_byte_order_mark_exports_and_quotes_is_read(tmp_path: Path) -> None:
    text = f"\ufeff# note\nexport {C}BATCH_SIZE='9'\nOTHER=${{HOME}}\n\n{C}ORPHANS=\"migrate\" # why\n"
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    settings = load(tmp_path)
    assert (settings.batch_size, settings.orphans) == (9, "migrate")


def test_an_env_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    assert [problem.partition(":")[0] for problem in problems(tmp_path)] == [".env"]


def test_a_variable_set_to_nothing_is_not_set(tmp_path: Path) -> None:
    settings = load(tmp_path, **{f"{C}DRY_RUN": "", "AUTH_SECRET": " ", f"{C}MODE": ""})
    assert settings.dry_run
    assert settings.auth_secret is None


@pytest.mark.parametrize(("text", "meant"), [("1", True), ("true", True), ("YES", True), ("0", False), ("off", False)])
def test_booleans_are_read_as_people_write_them(tmp_path: Path, text: str, meant: bool) -> None:
    assert load(tmp_path, **{f"{C}DRY_RUN": text}).dry_run is meant


def test_secrets_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "url").write_text(f"{URL}\n")
    (tmp_path / "secret").write_text("canary-auth\r\n")
    variables = {f"{TEST_URL}_FILE": str(tmp_path / "url"), "AUTH_SECRET_FILE": "secret", TEST_KEY: "sk_test_x"}
    settings = load_settings(variables, tmp_path)
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == URL
    assert settings.auth_secret is not None
    assert settings.auth_secret.get_secret_value() == "canary-auth"


def test_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").touch()
    assert problems(tmp_path, AUTH_SECRET_FILE="secret") == (
        "AUTH_SECRET_FILE: the file is empty; put the secret into it",
    )


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    named = problems(
        tmp_path, **{f"{C}MODE": "x", f"{C}DRYRUN": "0", f"{C}BATCH_SIZE": "x", f"{C}CSV_SHA256": "a" * 64}
    )
    assert {problem.partition(":")[0] for problem in named} == {
        f"{C}MODE",
        f"{C}DRYRUN",
        f"{C}BATCH_SIZE",
        f"{C}CSV_SHA256",
    }


def test_a_mistyped_name_gets_the_nearest_one(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, **{f"{C}BACKUP_CODE_FILE": "x"})
    assert problem.endswith(f"did you mean {C}BACKUP_CODES_FILE?")


def connected(settings: Settings) -> dict[str, str]:
    """The libpq parameters that are no empty text."""
    return {name: value for name, value in parse_dsn(settings.connection_string()).items() if value}


PARTS = {"host": "ep-a-pooler.eu.neon.tech", "port": "5432", "user": "lobe", "password": "canary secret"}


def test_neon_connects_to_the_direct_host_with_tls(tmp_path: Path) -> None:
    direct = {"host": "ep-a.eu.neon.tech", "dbname": "lobechat", "sslmode": "require"}
    assert connected(load(tmp_path)) == PARTS | direct


def test_neon_keeps_a_stricter_sslmode(tmp_path: Path) -> None:
    given = "postgresql://ep-a.eu.neon.tech/lobechat?sslmode=verify-full&sslrootcert=system"
    parts = connected(load(tmp_path, **{TEST_URL: given}))
    assert (parts["sslmode"], parts["sslrootcert"]) == ("verify-full", "system")


def test_node_connects_with_the_url_as_given(tmp_path: Path) -> None:
    assert connected(load(tmp_path, **{f"{C}DATABASE_DRIVER": "node"})) == PARTS | {"dbname": "lobechat"}


@pytest.mark.parametrize("password", ["p@ss/w0rd#1", "p/ss", " a:b?c%20 ", "'\\\"", "post@host/other"])
def test_a_password_beside_the_url_may_hold_anything(tmp_path: Path, password: str) -> None:
    settings = load(tmp_path, PGPASSWORD=password, **{TEST_URL: "postgresql://lobe@db.test/lobechat"})
    assert connected(settings)["password"] == password
    assert settings.describe()["database"] == "db.test/lobechat"
    assert password in settings.secrets()
    (tmp_path / "password").write_text(f"{password}\n")
    settings = load(tmp_path, PGPASSWORD_FILE="password", **{TEST_URL: "postgresql://lobe@db.test/lobechat"})
    assert connected(settings)["password"] == password


def test_the_modes_url_may_leave_everything_to_libpqs_variables(tmp_path: Path) -> None:
    given = {"PGHOST": "db.test", "PGPORT": "6000", "PGUSER": "lobe", "PGPASSWORD": "secret", "PGDATABASE": "lobechat"}
    settings = load(tmp_path, **given, **{TEST_URL: "postgresql://", f"{C}DATABASE_DRIVER": "node"})
    parts = {"host": "db.test", "port": "6000", "user": "lobe", "password": "secret", "dbname": "lobechat"}
    assert connected(settings) == parts


def test_libpqs_variables_never_change_what_the_url_says(tmp_path: Path) -> None:
    """They may be those of another shell session, which led to production."""
    stray = {"PGHOST": "prod", "PGPORT": "6000", "PGUSER": "root", "PGPASSWORD": "secret", "PGDATABASE": "proddb"}
    assert connected(load(tmp_path, **stray)) == connected(load(tmp_path))
    assert problems(tmp_path, **stray, **{TEST_URL: ""})[0].startswith(f"{TEST_URL}: is missing")


def test_a_unix_socket_is_a_host(tmp_path: Path) -> None:
    settings = load(tmp_path, **{TEST_URL: "postgresql://lobe@/lobechat?host=/run/postgresql"})
    assert settings.describe()["database"] == "/run/postgresql/lobechat"


def test_the_simple_path_exports_nothing_and_needs_no_key(tmp_path: Path) -> None:
    settings = load_settings({TEST_URL: URL, f"{C}PATH": "simple"}, tmp_path)
    assert settings.stages == (Stage.CHECK, Stage.MIGRATE, Stage.VERIFY)


def test_no_key_is_needed_without_the_stage_export(tmp_path: Path) -> None:
    assert load_settings({TEST_URL: URL, f"{C}STAGES": "migrate, verify"}, tmp_path).clerk_secret_key is None


def test_a_confirmed_run_in_prod_may_write(tmp_path: Path) -> None:
    variables = {f"{C}MODE": "prod", f"{C}DRY_RUN": "0", f"{C}CONFIRM": "lobechat", f"{C}STAGES": "migrate"}
    settings = load_settings({f"PROD_{C}DATABASE_URL": URL, **variables}, tmp_path)
    assert settings.writes


def test_reading_in_prod_needs_no_confirmation(tmp_path: Path) -> None:
    variables = {f"{C}MODE": "prod", f"{C}DRY_RUN": "0", f"{C}STAGES": "check,verify"}
    assert not load_settings({f"PROD_{C}DATABASE_URL": URL, **variables}, tmp_path).writes


def test_two_databases_on_one_server_are_apart(tmp_path: Path) -> None:
    other = URL.replace("/lobechat", "/other")
    assert load(tmp_path, **{f"PROD_{C}DATABASE_URL": other}).database_name == "lobechat"


def test_http_is_taken_for_this_machine(tmp_path: Path) -> None:
    settings = load(tmp_path, CLERK_API_URL="http://127.0.0.1:8080/v1/", **{f"{C}CSV_URL": "http://localhost:1/x.csv"})
    assert settings.clerk_api_url == "http://127.0.0.1:8080/v1"
    assert settings.csv_url == "http://localhost:1/x.csv"


def test_lobechats_provider_list_is_read_as_lobechat_reads_it(tmp_path: Path) -> None:
    settings = load(tmp_path, AUTH_SSO_PROVIDERS="google\N{FULLWIDTH COMMA}github , microsoft-entra-id,")
    assert settings.auth_sso_providers == frozenset({"google", "github", "microsoft"})
    assert load(tmp_path).auth_sso_providers is None


def test_provider_map_is_read(tmp_path: Path) -> None:
    settings = load(tmp_path, **{f"{C}PROVIDER_MAP": "oauth_custom_acme = generic-oidc, x=twitter"})
    assert dict(settings.provider_map) == {"custom_acme": "generic-oidc", "x": "twitter"}


@pytest.mark.parametrize(
    ("variables", "sends"),
    [({}, True), ({"AUTH_SECRET": "s"}, True), ({"AUTH_SSO_PROVIDERS": "google"}, False),
     ({"AUTH_SSO_PROVIDERS": "google", "SMTP_HOST": "mail"}, True)],
)  # fmt: skip
def test_mail_is_missing_only_where_lobechats_settings_say_so(
    tmp_path: Path, variables: dict[str, str], sends: bool
) -> None:
    assert load(tmp_path, **variables).mail_service is sends


def test_no_representation_shows_a_secret(tmp_path: Path) -> None:
    settings = load(tmp_path, AUTH_SECRET="canary-auth", **{f"{C}CSV_URL": "https://x.test/a?token=canary"})
    shown = f"{settings!r} {settings} {settings.describe()}"
    assert "canary" not in shown
    assert {URL, "canary secret", "canary%20secret", "sk_test_canarykey", "canary-auth"} <= set(settings.secrets())


def test_settings_are_frozen(tmp_path: Path) -> None:
    settings = load(tmp_path)
    with pytest.raises(ValidationError):
        settings.dry_run = False  # type: ignore[misc]


def test_nothing_is_looked_up_while_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "getaddrinfo")
    assert load(tmp_path).describe()["database"] == "ep-a.eu.neon.tech/lobechat"


@pytest.mark.parametrize("name", ["C2B_DRY_RUN", "TEST_C2B_DATABASE_URL"])
def test_the_short_names_of_the_documents_are_refused_with_the_full_one(tmp_path: Path, name: str) -> None:
    """A dry run that is asked for under a name that nobody reads would else be a real one."""
    [problem] = problems(tmp_path, **{name: "1"})
    assert name.replace("C2B_", C) in problem


def test_a_live_key_is_allowed_in_test_for_a_rehearsal_on_a_copy_of_production(tmp_path: Path) -> None:
    settings = load(tmp_path, **{TEST_KEY: "sk_live_canarykey"})
    assert settings.clerk_secret_key is not None
    assert settings.clerk_secret_key.get_secret_value() == "sk_live_canarykey"


def test_the_accepted_tables_are_a_list_with_schemas(tmp_path: Path) -> None:
    assert load(tmp_path).accept_writes == ()
    given = load(tmp_path, **{f"{C}ACCEPT_WRITES": "public.audit, history.users"})
    assert given.accept_writes == ("public.audit", "history.users")
