"""Fetch the CSV from CLERK_TO_BETTERAUTH_CSV_URL into the data folder, and check its digest."""

import hashlib
import shutil
from pathlib import Path
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
LARGEST_CSV = 4 << 30  # bytes: ten million users of 400 bytes


class _UnreachableError(TemporaryError):
    """The server did not give the file this time."""


def fetch_csv(context: Context) -> None:
    """Stream the CSV, 0600.  The URL may hold a token: only its host is ever named.

    Raises InputError where the server refuses, the file is too large or the digest differs, TemporaryError where the
    server is out of reach.
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
            f"the CSV cannot be written ({exc.strerror})",
            hint="make sure that the job may write to the data folder and that its disk has free space",
        ) from None
    return size


def _download(context: Context, host: str, file: IO[bytes]) -> tuple[int, str]:
    """Write the answer to `file`; returns its size in bytes and its SHA-256."""
    digest, size, settings = hashlib.sha256(), 0, context.settings
    free, folder = shutil.disk_usage(settings.folder).free, settings.as_on_host(settings.folder)
    url, certificates = settings.csv_url or "", make_ssl_context()
    with httpx.stream("GET", url, timeout=TIMEOUT, follow_redirects=False, verify=certificates) as response:
        _refuse(response.status_code, host)
        _refuse_size(_announced(response), free, host, folder)
        for block in response.iter_bytes(1 << 16):
            context.stop.check()
            digest.update(block)
            size += len(block)
            _refuse_size(size, free, host, folder)
            file.write(block)
    return size, digest.hexdigest()


def _refuse(status: int, host: str) -> None:
    if status == httpx.codes.OK:
        return
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
        raise _UnreachableError(f"{host} answers with status {status}", hint="run the job again")
    raise InputError(
        f"the CSV cannot be fetched: {host} answers with status {status}",
        hint=f"check {VARIABLE}: the address must lead to the file itself, without a redirect or a login",
    )


def _announced(response: httpx.Response) -> int:
    """The size that the server tells beforehand; 0 where it does not, or tells that of the compressed file."""
    size = response.headers.get("Content-Length", "")
    return int(size) if size.isascii() and size.isdigit() and "Content-Encoding" not in response.headers else 0


def _refuse_size(size: int, free: int, host: str, folder: Path) -> None:
    """Raise InputError for more than LARGEST_CSV, or than half the room: the other half is for the job's own files."""
    if size > LARGEST_CSV:
        raise InputError(
            f"{host} sends more than {LARGEST_CSV >> 20} MiB: that is not Clerk's CSV",
            hint=f"check {VARIABLE}: it must be the address of Clerk's CSV",
        )
    if size > free // 2:
        raise InputError(
            f"the CSV from {host} would take more than half of the {free >> 20} MiB free in {folder}",
            hint=f"free some space there, or check that {VARIABLE} is the address of Clerk's CSV",
        )
