"""Fetch the CSV from CLERK_TO_BETTERAUTH_CSV_URL into the data folder, and check its digest."""

import hashlib
from typing import IO
from urllib.parse import urlsplit

import httpx
import stamina
import structlog

from job.context import Context
from job.core.errors import InputError, TemporaryError
from job.core.files import FileAside, make_folder
from job.core.network import describe_failure, explain_failure, make_ssl_context

log = structlog.get_logger()

TIMEOUT = httpx.Timeout(8.0)  # a silence longer than this is not worth keeping a stop waiting
ATTEMPTS = 5
VARIABLE = "CLERK_TO_BETTERAUTH_CSV_URL"


class _UnreachableError(TemporaryError):
    """The server did not give the file this time."""


def fetch_csv(context: Context) -> None:
    """Stream the CSV, 0600.  The URL may hold a token: only its host is ever named.

    Raises InputError where the server refuses or the digest differs, TemporaryError where it is out of reach.
    """
    host = urlsplit(context.settings.csv_url or "").hostname
    for attempt in stamina.retry_context(on=_UnreachableError, attempts=ATTEMPTS, timeout=300, wait_max=4):
        with attempt:
            context.stop.check()
            size = _fetch(context, f"{host}")
    log.info("export.csv_fetched", host=host, bytes=size)


def _fetch(context: Context, host: str) -> int:
    """Fetch the file, check it, and put it in its place; nothing is left of one that does not arrive whole."""
    settings = context.settings
    try:
        make_folder(settings.folder)
        with FileAside(settings.csv_file) as file:
            size, digest = _download(context, host, file)
            if settings.csv_sha256 and digest != settings.csv_sha256.lower():
                raise InputError(
                    f"the CSV from {host} does not have the SHA-256 of CLERK_TO_BETTERAUTH_CSV_SHA256",
                    hint="put the right file there, or correct the digest",
                )
    except httpx.HTTPError as exc:
        url = httpx.URL(settings.csv_url or "")
        raise explain_failure(exc, url) or _UnreachableError(
            f"the CSV cannot be fetched from {host} ({describe_failure(exc, url)})", hint="run the job again"
        ) from None
    except OSError as exc:
        raise InputError(
            f"the CSV cannot be written: {exc.strerror}", hint="let the job write to the data folder"
        ) from None
    return size


def _download(context: Context, host: str, file: IO[bytes]) -> tuple[int, str]:
    """Write the answer to `file`; returns its size in bytes and its SHA-256."""
    digest, size = hashlib.sha256(), 0
    url, certificates = context.settings.csv_url or "", make_ssl_context()
    with httpx.stream("GET", url, timeout=TIMEOUT, follow_redirects=False, verify=certificates) as response:
        _refuse(response.status_code, host)
        for block in response.iter_bytes(1 << 16):
            context.stop.check()
            digest.update(block)
            size += len(block)
            file.write(block)
    return size, digest.hexdigest()


def _refuse(status: int, host: str) -> None:
    if status == httpx.codes.OK:
        return
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
        raise _UnreachableError(f"{host} answers with status {status}", hint="run the job again")
    raise InputError(
        f"the CSV cannot be fetched: {host} answers with status {status}",
        hint=f"check {VARIABLE}: the address must give the file itself, without a redirect or a login",
    )
