"""The settings: each field is one environment variable (its alias), with its meaning and its default.

docs/settings.md and .env.example list the same variables; a test compares them with this file.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from job.lobechat_env.environment import LobeChatEnv
from job.lobechat_env.releases import Release, next_release
from job.settings import values
from job.settings.database_url import complete, connection_string, passwords, place, read_url

PREFIX = "CLERK_TO_BETTERAUTH_"


class Mode(StrEnum):
    """Which half of the guide's variables and which folder a run uses."""

    TEST = "test"
    PROD = "prod"


class Stage(StrEnum):
    """The parts of a run, in their order."""

    CHECK = "check"
    EXPORT = "export"
    MIGRATE = "migrate"
    VERIFY = "verify"
    SMOKE = "smoke"
    ROLLBACK = "rollback"
    CLEANUP = "cleanup"


Stages = Annotated[tuple[Stage, ...], BeforeValidator(values.split_list), AfterValidator(values.check_stages)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(values.check_database_url)]
ClerkKey = Annotated[SecretStr, AfterValidator(values.check_clerk_key)]
CsvUrl = Annotated[SecretStr, AfterValidator(values.check_csv_url)]
Sha256 = Annotated[str, AfterValidator(values.check_sha256)]
ApiUrl = Annotated[str, AfterValidator(values.check_api_url)]
LobeChatUrl = Annotated[str, AfterValidator(values.check_lobechat_url)]
SchemaTarget = Annotated[str, AfterValidator(values.check_schema_target)]
ProviderMap = Annotated[Mapping[str, str], BeforeValidator(values.read_provider_map)]
AcceptedTables = Annotated[tuple[str, ...], BeforeValidator(values.split_list), AfterValidator(values.check_tables)]
LobeChatEnvFiles = Annotated[
    tuple[Path, ...], BeforeValidator(values.split_list), AfterValidator(values.check_env_files)
]
LobeChatRelease = Annotated[str, AfterValidator(values.check_lobechat_release)]
SsoProviders = Annotated[frozenset[str], BeforeValidator(values.read_sso_providers)]


class Settings(BaseModel):
    """One run's settings.  Secrets are masked in every representation."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    working_folder: Path = Field(default=Path(), exclude=True)
    in_kubernetes: bool = Field(default=False, exclude=True)
    lobechat_env: LobeChatEnv | None = Field(default=None, exclude=True, repr=False)  # what lobechat_env_files hold

    mode: Mode = Field(
        Mode.TEST, alias=f"{PREFIX}MODE", description="`test` or `prod`: picks the `TEST_` or `PROD_` variables"
        " and the folder `<data>/<mode>/`"
    )  # fmt: skip
    test_database_url: DatabaseUrl | None = Field(
        None, alias=f"TEST_{PREFIX}DATABASE_URL", description="LobeChat's test database, as a libpq URI"
    )
    prod_database_url: DatabaseUrl | None = Field(
        None, alias=f"PROD_{PREFIX}DATABASE_URL", description="LobeChat's production database, as a libpq URI"
    )
    pg_host: str | None = Field(
        None, alias="PGHOST", description="libpq's own, as the four below: what the mode's database URL leaves out"
        " (`postgresql://` leaves out everything); without the URL they are not looked at"
    )  # fmt: skip
    pg_port: str | None = Field(None, alias="PGPORT", description="the port, where the URL has none; else 5432")
    pg_user: str | None = Field(None, alias="PGUSER", description="the role, where the URL has none")
    pg_password: SecretStr | None = Field(
        None, alias="PGPASSWORD", description="the role's password as it is, where the URL has none: nothing in it has"
        " to be percent-encoded"
    )  # fmt: skip
    pg_database: str | None = Field(None, alias="PGDATABASE", description="the database's name, where the URL has none")
    test_clerk_secret_key: ClerkKey | None = Field(
        None, alias=f"TEST_{PREFIX}CLERK_SECRET_KEY", description="`sk_test_…`, or for a rehearsal on a"
        " copy of production `sk_live_…` (Clerk is only read); needed by the stage export only"
    )  # fmt: skip
    prod_clerk_secret_key: ClerkKey | None = Field(
        None, alias=f"PROD_{PREFIX}CLERK_SECRET_KEY", description="`sk_live_…`; needed by the stage export only"
    )
    database_driver: Literal["neon", "node"] = Field(
        "neon", alias=f"{PREFIX}DATABASE_DRIVER", description="`neon`: TLS required, a patient first connection"
        " (a sleeping branch wakes within a minute), the direct host in place of a `-pooler` one;"
        " `node`: libpq's defaults"
    )  # fmt: skip
    dry_run: bool = Field(
        default=True, alias=f"{PREFIX}DRY_RUN", description="`1`: the database is opened read-only and nothing is"
        " written; `0`: a real run"
    )  # fmt: skip
    confirm: str | None = Field(
        None, alias=f"{PREFIX}CONFIRM", description="in prod with `DRY_RUN=0`: must equal the database's name"
    )
    path: Literal["full", "simple"] = Field(
        "full", alias=f"{PREFIX}PATH", description="`full`, or `simple`: users set a new password; no Clerk key, no CSV"
    )
    stages: Stages = Field(
        (Stage.CHECK, Stage.EXPORT, Stage.MIGRATE, Stage.VERIFY), alias=f"{PREFIX}STAGES",
        description="which stages run, in this order; `smoke`, `rollback` and `cleanup` run alone"
    )  # fmt: skip
    schema_action: Literal["check", "upgrade", "create"] = Field(
        "check", alias=f"{PREFIX}SCHEMA", description="`check`, `upgrade` (bring an outdated database to the target),"
        " or `create` (upgrade, and an empty database as well: for sandboxes)"
    )  # fmt: skip
    schema_target: SchemaTarget = Field(
        "0075", alias=f"{PREFIX}SCHEMA_TARGET", description="`ready` (0060), a revision such as `0075`, `latest`"
        " (0130), or a LobeChat release such as `2.1.13`"
    )  # fmt: skip
    pg_search: Literal["require", "skip"] = Field(
        "require", alias=f"{PREFIX}PG_SEARCH", description="for targets from 0090 on, whose search needs PostgreSQL's"
        " extension pg_search: `require`, or `skip`: 0090 and 0093 are recorded without being run"
    )  # fmt: skip
    data_dir: Path = Field(
        Path("data"), alias=f"{PREFIX}DATA_DIR", description="holds `<mode>/clerk_exported_users.csv` and"
        " `<mode>/clerk_users.json`"
    )  # fmt: skip
    csv_url_secret: CsvUrl | None = Field(
        None,
        alias=f"{PREFIX}CSV_URL",
        description="fetch the CSV (up to 4 GiB) from this https address into the data folder first",
    )
    csv_sha256: Sha256 | None = Field(
        None, alias=f"{PREFIX}CSV_SHA256", description="the SHA-256 that the fetched CSV must have, in hex"
    )
    csv: Literal["required", "none"] = Field(
        "required", alias=f"{PREFIX}CSV", description="`required`, or `none`: without the dashboard's CSV everything"
        " but passwords and TOTP secrets is migrated"
    )  # fmt: skip
    conflicts: Literal["fail", "skip"] = Field(
        "fail", alias=f"{PREFIX}CONFLICTS", description="`fail`: any conflict stops the run before the first write;"
        " `skip`: such users are left out and named"
    )  # fmt: skip
    min_known_percent: int = Field(
        50, alias=f"{PREFIX}MIN_KNOWN_PERCENT", ge=0, le=100, description="at least so many percent of LobeChat's"
        " users that came from Clerk must be known to Clerk; else key, CSV or database is taken for another instance's"
    )  # fmt: skip
    accept_writes: AcceptedTables = Field(
        (), alias=f"{PREFIX}ACCEPT_WRITES", description="tables that triggers on LobeChat's may write to, with their"
        " schema, such as `public.audit,history.users`; the triggers that name one of them are accepted"
    )  # fmt: skip
    orphans: Literal["skip", "migrate"] = Field(
        "skip", alias=f"{PREFIX}ORPHANS", description="users that only the CSV knows (deleted at Clerk since):"
        " `skip` or `migrate`"
    )  # fmt: skip
    relink: bool = Field(
        default=False, alias=f"{PREFIX}RELINK", description="`1`: late rescue: whoever came back to LobeChat 2 before"
        " the migration and exists twice by now gets into the old account again (docs/late-rescue.md)"
    )  # fmt: skip
    two_factor: Literal["preserve", "reenroll"] = Field(
        "preserve", alias=f"{PREFIX}TWO_FACTOR", description="`preserve` (new backup codes are made; needs"
        " `AUTH_SECRET`), or `reenroll` (no second factor is carried over)"
    )  # fmt: skip
    backup_codes_file: Path | None = Field(
        None,
        alias=f"{PREFIX}BACKUP_CODES_FILE",
        description="where the new backup codes go, readable by the owner only",
    )
    contacts_file: Path | None = Field(
        None, alias=f"{PREFIX}CONTACTS_FILE", description="where the people of attention.csv go with email address and"
        " name, for a mail merge, readable by the owner only; those without an address go to a second file beside it"
    )  # fmt: skip
    provider_map: ProviderMap = Field(
        {}, alias=f"{PREFIX}PROVIDER_MAP", description="Clerk's providers as LobeChat calls them, such as"
        " `custom_acme=generic-oidc,x=twitter`"
    )  # fmt: skip
    batch_size: int = Field(5000, alias=f"{PREFIX}BATCH_SIZE", ge=1, le=100_000, description="users in one transaction")
    clerk_api_url: ApiUrl = Field(
        "https://api.clerk.com/v1",
        alias="CLERK_API_URL",
        description="Clerk's Backend API; https, except for this machine",
    )
    export_concurrency: int = Field(
        10, alias="CLERK_EXPORT_CONCURRENCY", ge=1, le=64, description="requests to Clerk at the same time"
    )
    export_retries: int = Field(
        10, alias="CLERK_EXPORT_RETRIES", ge=0, le=100, description="how often a failed request to Clerk is tried again"
    )
    lobechat_env_files: LobeChatEnvFiles = Field(
        (), alias=f"{PREFIX}LOBECHAT_ENV_FILE", description="the environment that LobeChat 2 will run with: its `.env`,"
        " or the folder of a mounted secret or config map, or several of these with commas between, the last winning;"
        " the variables below are then read from it"
    )  # fmt: skip
    lobechat_release: LobeChatRelease | None = Field(
        None, alias=f"{PREFIX}LOBECHAT_RELEASE", description="the LobeChat that will run next, such as `2.2.19`: what"
        " it needs of PostgreSQL, and whom it lets in; where it is not given, 2.1.39 is taken"
    )  # fmt: skip
    auth_secret: SecretStr | None = Field(
        None,
        alias="AUTH_SECRET",
        description="LobeChat's own; two-factor secrets and backup codes are encrypted with it",
    )
    auth_sso_providers: SsoProviders | None = Field(
        None, alias="AUTH_SSO_PROVIDERS", description="LobeChat's own; the report then names the users of a provider"
        " that is not enabled"
    )  # fmt: skip
    smtp_host: str | None = Field(
        None, alias="SMTP_HOST", description="LobeChat's own, or any word for another mail service; where one of"
        " LobeChat's other settings here is given and this is not, the report takes it that LobeChat cannot send mail"
    )  # fmt: skip
    auth_disable_email_password: bool = Field(
        default=False, alias="AUTH_DISABLE_EMAIL_PASSWORD", description="LobeChat's own: `1` allows SSO only"
    )
    auth_email_verification: bool = Field(
        default=False, alias="AUTH_EMAIL_VERIFICATION", description="LobeChat's own: `1` asks for a verified address"
    )
    lobechat_url: LobeChatUrl | None = Field(
        None, alias=f"{PREFIX}LOBECHAT_URL", description="for the stage smoke: the address that people type to reach"
        " LobeChat (its `APP_URL`)"
    )  # fmt: skip
    smoke_email: SecretStr | None = Field(
        None, alias=f"{PREFIX}SMOKE_EMAIL", description="for the stage smoke: the address of a test user of yours, who"
        " then really signs in and out"
    )  # fmt: skip
    smoke_password: SecretStr | None = Field(
        None, alias=f"{PREFIX}SMOKE_PASSWORD", description="that test user's password"
    )
    report_dir_given: Path | None = Field(
        None, alias=f"{PREFIX}REPORT_DIR", description="where the report goes; `<data>/<mode>/report` unless given"
    )
    host_data_dir: str | None = Field(
        None, alias=f"{PREFIX}HOST_DATA_DIR", description="where the data folder lies outside of the container; the"
        " end of a run then names the report's place there (Compose sets it)"
    )  # fmt: skip
    stage_timeout_seconds: int = Field(
        3600, alias=f"{PREFIX}STAGE_TIMEOUT_SECONDS", ge=1, le=604_800, description="a stage that takes longer ends"
        " with exit code 75"
    )  # fmt: skip
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", alias=f"{PREFIX}LOG_LEVEL", description="`debug`, `info`, `warning` or `error`"
    )
    log_format: Literal["json", "gcp", "ecs", "console"] | None = Field(
        None, alias=f"{PREFIX}LOG_FORMAT", description="`json`, `gcp` (Google Cloud Logging), `ecs` (Elastic), or"
        " `console` for people; unless given, `console` on a terminal and `json` elsewhere"
    )  # fmt: skip

    @property
    def database_url(self) -> SecretStr | None:
        """The URL of this mode's database, as given."""
        return self.prod_database_url if self.mode is Mode.PROD else self.test_database_url

    def database_of(self, mode: Mode) -> Mapping[str, str]:
        """The libpq parameters of a mode's database, the password among them; empty where its URL is not given."""
        url = self.prod_database_url if mode is Mode.PROD else self.test_database_url
        if url is None:
            return {}
        password = self.pg_password.get_secret_value() if self.pg_password else None
        left_out = {"host": self.pg_host, "port": self.pg_port, "user": self.pg_user, "dbname": self.pg_database}
        return complete(read_url(url.get_secret_value()), {**left_out, "password": password})

    @property
    def clerk_secret_key(self) -> SecretStr | None:
        """This mode's key for Clerk's Backend API."""
        return self.prod_clerk_secret_key if self.mode is Mode.PROD else self.test_clerk_secret_key

    @property
    def csv_url(self) -> str | None:
        """Where to fetch the CSV.  A secret: it may hold a token."""
        return self.csv_url_secret.get_secret_value() if self.csv_url_secret else None

    @property
    def csv_required(self) -> bool:
        """Whether the dashboard's CSV takes part."""
        return self.csv == "required"

    @property
    def folder(self) -> Path:
        """This mode's data: `<data>/<mode>`."""
        return self.working_folder / self.data_dir / self.mode.value

    @property
    def csv_file(self) -> Path:
        """The dashboard's CSV, under the guide's name."""
        return self.folder / "clerk_exported_users.csv"

    @property
    def json_file(self) -> Path:
        """The users from Clerk's API, under the guide's name."""
        return self.folder / "clerk_users.json"

    @property
    def report_dir(self) -> Path:
        """Where the report goes."""
        return self.working_folder / self.report_dir_given if self.report_dir_given else self.folder / "report"

    def as_on_host(self, path: Path) -> Path:
        """The path as people outside of the container find it; relative to the current folder where it lies there."""
        data = self.working_folder / self.data_dir
        if self.host_data_dir and path.is_relative_to(data):
            return Path(self.host_data_dir, path.relative_to(data))
        return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path

    @property
    def next_release(self) -> Release:
        """The LobeChat that will run next, or the one that is assumed."""
        return next_release(self.lobechat_release)

    @property
    def writes(self) -> bool:
        """Whether this run may change the database."""
        return not self.dry_run and (
            not {Stage.MIGRATE, Stage.ROLLBACK, Stage.CLEANUP}.isdisjoint(self.stages)
            or (Stage.CHECK in self.stages and self.schema_action != "check")
        )

    @property
    def mail_service(self) -> bool:
        """Whether LobeChat can send mail: taken to be so unless its own settings were given and say otherwise."""
        if self.lobechat_env is not None:
            return self.lobechat_env.mail_service
        others = {"auth_sso_providers", "auth_disable_email_password", "auth_email_verification"}
        return self.smtp_host is not None or others.isdisjoint(self.model_fields_set)

    @property
    def database_name(self) -> str:
        """The name of this mode's database, or the empty text."""
        return self.database_of(self.mode).get("dbname", "")

    def connection_string(self) -> str:
        """The connection string for libpq, as the driver has it.  A secret."""
        return connection_string(self.database_of(self.mode), self.database_driver)

    def secrets(self) -> tuple[str, ...]:
        """Every secret text of both modes, for the log's redaction."""
        urls, keys = (
            (self.test_database_url, self.prod_database_url),
            (self.test_clerk_secret_key, self.prod_clerk_secret_key),
        )
        test_user = (self.smoke_email, self.smoke_password)
        kept = (*urls, *keys, *test_user, self.pg_password, self.auth_secret, self.csv_url_secret)
        found = [secret.get_secret_value() for secret in kept if secret]
        found += [word for mode in Mode for word in passwords(self.database_of(mode))]
        if self.csv_url and "?" in self.csv_url:
            found.append(self.csv_url.partition("?")[2])
        if self.lobechat_env is not None:
            found += self.lobechat_env.secrets()
        return tuple(found)

    def describe(self) -> dict[str, Any]:
        """What the log may tell of the settings; of the database its host and name alone."""
        return {
            "mode": self.mode.value,
            "path": self.path,
            "dry_run": self.dry_run,
            "stages": [stage.value for stage in self.stages],
            "database": place(self.database_of(self.mode), self.database_driver),
            "driver": self.database_driver,
            "schema": self.schema_action,
            "schema_target": self.schema_target,
            "data_dir": str(self.data_dir),
            "csv": self.csv,
            "conflicts": self.conflicts,
            "orphans": self.orphans,
            "two_factor": self.two_factor,
            "lobechat_env_files": [str(path) for path in self.lobechat_env_files],
            "lobechat_release": self.lobechat_release,
            "batch_size": self.batch_size,
        }
