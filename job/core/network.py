"""Certificates and proxies for HTTP: what of the environment cannot work is told by its variable, before and after.

httpx takes them from SSL_CERT_FILE or SSL_CERT_DIR, HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in capitals or
not; a mistake there would pass for a network that is down, or for a bug.  A proxy's URL may hold a password, so no
value is ever shown.
"""

import os
import re
import ssl
from pathlib import Path
from urllib.request import proxy_bypass

import httpx

from job.core.errors import SettingsError

PROXIES = ("http_proxy", "https_proxy", "all_proxy")
HIGHEST_PORT = 65535
_PROXY = re.compile(r"(?:https?://)?(?:[^@/\s]*@)?(?:\[[0-9a-f:.]+\]|[^@/:?#\[\]\s]+)(?::(\d{1,5}))?/?", re.IGNORECASE)
CERTIFICATE_HINT = "set SSL_CERT_FILE to a file with the certificate (PEM) of the authority that signed it"


def make_ssl_context() -> ssl.SSLContext:
    """The context for httpx's `verify`, of a sound environment.  Raises SettingsError, naming the variable."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not file and folder and not Path(folder).is_dir():
        raise SettingsError("SSL_CERT_DIR: there is no such folder", hint="correct it, or leave it out")
    try:
        context = httpx.create_ssl_context()
    except ssl.SSLError:
        raise SettingsError("SSL_CERT_FILE: the file holds no certificate in PEM form", hint=CERTIFICATE_HINT) from None
    except OSError as exc:
        raise SettingsError(
            f"SSL_CERT_FILE: the file cannot be read ({exc.strerror})", hint="correct the path, or leave it out"
        ) from None
    _check_proxies(context)
    return context


def explain_failure(error: httpx.HTTPError, url: httpx.URL) -> SettingsError | None:
    """Why no request to this address can succeed until a setting is changed; None where the next one may."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    if cause is not None:
        return SettingsError(
            f"the certificate of {url.host} was not accepted ({cause.verify_message.partition(',')[0]})",
            hint=f"{CERTIFICATE_HINT}; a proxy that inspects TLS has its own",
        )
    if isinstance(error, httpx.ProxyError) and (status := str(error)[:3]) in {"401", "403", "407"}:
        return SettingsError(
            f"{proxy_variable(url)}: the proxy does not let the job reach {url.host} (status {status})",
            hint="put user and password into the proxy's URL, or the host into NO_PROXY",
        )
    return None


def proxy_variable(url: httpx.URL) -> str:
    """The variable that names the proxy on the way to a host; empty without one."""
    names = (f"{url.scheme}_proxy", f"{url.scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    return "" if proxy_bypass(url.host) else next((name for name in names if os.environ.get(name)), "")


def describe_failure(error: httpx.HTTPError, url: httpx.URL) -> str:
    """The kind of failure, the system's word for it, and the proxy on the way; httpx's text may hold what was sent."""
    cause: BaseException | None = error
    words = ""
    while cause is not None:
        words = _system_word(cause) or words
        cause = cause.__cause__ or cause.__context__
    proxy = proxy_variable(url)
    return type(error).__name__ + (f": {words}" if words else "") + (f", by way of {proxy}" if proxy else "")


def _system_word(error: BaseException) -> str | None:
    """What the system calls it; asyncio puts words of its own in the place of the system's."""
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno)
    return error.strerror if isinstance(error, OSError) else None


def _check_proxies(context: ssl.SSLContext) -> None:
    for name, value in sorted(os.environ.items()):
        if name.lower() in PROXIES and value and not _is_proxy(value):
            raise SettingsError(
                f"{name}: the job cannot use this proxy", hint="give http://host:port or https://host:port (no SOCKS)"
            )
    try:
        httpx.Client(verify=context).close()
    except (httpx.InvalidURL, ValueError):
        raise SettingsError(
            "NO_PROXY: a name in it cannot be read", hint="give plain host names and addresses, separated by commas"
        ) from None


def _is_proxy(value: str) -> bool:
    found = _PROXY.fullmatch(value)
    return found is not None and int(found[1] or 1) <= HIGHEST_PORT
