"""What single values cannot show: variables that are missing for what is asked, or contradict each other."""

from collections.abc import Iterator
from typing import NamedTuple

from job.settings.database_url import WITHOUT_TLS, find_fault, host_names, identity
from job.settings.model import PREFIX, Mode, Settings, Stage


class Contradiction(NamedTuple):
    """The variables that take part, the one to correct first, and the text."""

    names: tuple[str, ...]
    text: str


def _said(*names: str, text: str) -> Contradiction:
    return Contradiction(names, f"{names[0]}: {text}")


def find_contradictions(settings: Settings) -> Iterator[Contradiction]:
    """Every contradiction.  A faulty variable is at its default here; what names it is passed over by the caller."""
    yield from _missing(settings)
    yield from _keys(settings)
    yield from _databases(settings)
    yield from _files(settings)
    yield from _late_rescue(settings)
    yield from _confirmation(settings)


def _missing(settings: Settings) -> Iterator[Contradiction]:
    mode = settings.mode.value.upper()
    if settings.database_url is None:
        yield _said(
            f"{mode}_{PREFIX}DATABASE_URL", f"{PREFIX}MODE",
            text=f"is missing; the mode {settings.mode} needs it, or its _FILE"
        )  # fmt: skip
    if settings.clerk_secret_key is None and Stage.EXPORT in settings.stages:
        yield _said(
            f"{mode}_{PREFIX}CLERK_SECRET_KEY", f"{PREFIX}MODE", f"{PREFIX}STAGES", f"{PREFIX}PATH",
            text=f"is missing; the stage export needs it, or leave export out of {PREFIX}STAGES"
        )  # fmt: skip
    yield from _missing_for_smoke(settings)


def _missing_for_smoke(settings: Settings) -> Iterator[Contradiction]:
    if Stage.SMOKE in settings.stages and settings.lobechat_url is None:
        yield _said(
            f"{PREFIX}LOBECHAT_URL", f"{PREFIX}STAGES",
            text="is missing; the stage smoke needs the address that people type, such as https://chat.example.com"
        )  # fmt: skip
    given = {f"{PREFIX}SMOKE_EMAIL": settings.smoke_email, f"{PREFIX}SMOKE_PASSWORD": settings.smoke_password}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) == 1:
        [present] = given.keys() - missing
        yield _said(missing[0], present, text=f"is missing; it belongs to {present}")


def _keys(settings: Settings) -> Iterator[Contradiction]:
    """A live key is allowed in test: Clerk is only read, and a copy of production is rehearsed with its users."""
    prod = settings.prod_clerk_secret_key
    if prod and prod.get_secret_value().startswith("sk_test_"):
        yield _said(
            f"PROD_{PREFIX}CLERK_SECRET_KEY",
            text="is a development key (sk_test_…); give that of the production instance",
        )


def _databases(settings: Settings) -> Iterator[Contradiction]:
    names = {mode: f"{mode.value.upper()}_{PREFIX}DATABASE_URL" for mode in Mode}
    places = {mode: parts for mode in Mode if (parts := settings.database_of(mode))}
    faults = {mode: fault for mode, parts in places.items() if (fault := find_fault(parts))}
    for mode, fault in faults.items():
        yield _said(names[mode], text=fault)
    if not faults and len(places) > 1 and identity(places[Mode.TEST]) & identity(places[Mode.PROD]):
        test, prod = names[Mode.TEST], names[Mode.PROD]
        yield _said(test, prod, text=f"names the same database as {prod}; give each its own")
    own = places.get(settings.mode)
    if own and settings.database_driver == "neon":
        tls = own.get("sslmode")
        if tls in WITHOUT_TLS and not all(host.startswith("/") for host in host_names(own)):
            yield _said(
                names[settings.mode], f"{PREFIX}DATABASE_DRIVER", f"{PREFIX}MODE",
                text=f"sslmode={tls} allows a connection without TLS; use sslmode=require or verify-full, or"
                f" {PREFIX}DATABASE_DRIVER=node"
            )  # fmt: skip


def _files(settings: Settings) -> Iterator[Contradiction]:
    if settings.csv_sha256 and not settings.csv_url:
        yield _said(f"{PREFIX}CSV_SHA256", f"{PREFIX}CSV_URL", text=f"belongs to {PREFIX}CSV_URL, which is not set")
    if settings.csv_url and settings.csv == "none":
        yield _said(f"{PREFIX}CSV_URL", f"{PREFIX}CSV", text=f"contradicts {PREFIX}CSV=none; remove one of them")
    folders = ((settings.data_dir, "DATA_DIR"), (settings.report_dir_given, "REPORT_DIR"))
    for path, name in folders:
        if path and (settings.working_folder / path).exists() and not (settings.working_folder / path).is_dir():
            yield _said(f"{PREFIX}{name}", text="is a file; give a folder")
    files = ((settings.backup_codes_file, "BACKUP_CODES_FILE"), (settings.contacts_file, "CONTACTS_FILE"))
    for path, name in files:
        if path and (settings.working_folder / path).is_dir():
            yield _said(f"{PREFIX}{name}", text="is a folder; give a file")


def _late_rescue(settings: Settings) -> Iterator[Contradiction]:
    if settings.relink and settings.path == "simple":
        yield _said(
            f"{PREFIX}RELINK", f"{PREFIX}PATH",
            text=f"contradicts {PREFIX}PATH=simple: only Clerk knows whose links and addresses are verified"
        )  # fmt: skip
    if settings.relink and "public.auth_sessions" in settings.accept_writes:
        yield _said(
            f"{PREFIX}ACCEPT_WRITES", f"{PREFIX}RELINK",
            text=f"may not list public.auth_sessions with {PREFIX}RELINK=1: the job itself writes to that table"
        )  # fmt: skip


def _confirmation(settings: Settings) -> Iterator[Contradiction]:
    if settings.mode is not Mode.PROD or not settings.writes or not settings.database_name:
        return
    if settings.confirm != settings.database_name:
        problem = "is missing" if settings.confirm is None else "is not the name of the database"
        yield _said(
            f"{PREFIX}CONFIRM", f"{PREFIX}DRY_RUN", f"{PREFIX}MODE", f"{PREFIX}STAGES", f"{PREFIX}SCHEMA",
            f"PROD_{PREFIX}DATABASE_URL",
            text=f"{problem}; for a real run in prod set it to {settings.database_name!r}, or {PREFIX}DRY_RUN=1"
        )  # fmt: skip
