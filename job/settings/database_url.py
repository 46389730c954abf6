"""LobeChat's database URL: a libpq URI, read as libpq reads it and never shown."""

from urllib.parse import quote

import psycopg2
from psycopg2.extensions import parse_dsn

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
WITHOUT_TLS = {"disable", "allow", "prefer"}
SHORTEST_PASSWORD = 6  # shorter ones would mask half of the log


def read_parts(url: str) -> dict[str, str]:
    """The URI's parts, decoded.  Raises ValueError, without libpq's text: it can quote the password."""
    try:
        return dict(parse_dsn(url))
    except psycopg2.ProgrammingError:
        message = (
            "libpq cannot read it; percent-encode special characters in user and password, and use libpq's parameters"
        )
        raise ValueError(message) from None


def database_name(url: str) -> str:
    """The name of the database, or the empty text."""
    return read_parts(url).get("dbname", "") if url else ""


def passwords(url: str) -> tuple[str, ...]:
    """The password as it stands in the URI and decoded, where it is no common word of the URI."""
    parts = read_parts(url)
    password = parts.get("password", "")
    if len(password) < SHORTEST_PASSWORD or password in {parts.get("user"), parts.get("dbname"), parts.get("host")}:
        return ()
    return tuple({password, quote(password, safe="")})


def host_names(url: str) -> list[str]:
    """Every host of the URI: names, addresses, or the folder of a Unix socket."""
    parts = read_parts(url)
    return [name for name in (parts.get("host") or parts.get("hostaddr", "")).split(",") if name]


def identity(url: str) -> frozenset[tuple[str, str, str]]:
    """(host, port, database) of each host, so that two ways of writing one database are equal."""
    parts = read_parts(url)
    hosts = host_names(url)
    ports = parts.get("port", "").split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    return frozenset(
        (_plain_host(host), port or "5432", parts.get("dbname", "")) for host, port in zip(hosts, ports, strict=False)
    )


def place(url: str, driver: str) -> str:
    """Host and database, the only parts of the URL that may be shown."""
    if not url:
        return ""
    hosts = [direct_host(host) if driver == "neon" else host for host in host_names(url)]
    return f"{','.join(hosts)}/{database_name(url)}"


def direct_host(host: str) -> str:
    """Neon's direct host in place of the pooler's: `ep-x-pooler.region` is `ep-x.region`."""
    label, dot, rest = host.partition(".")
    return label.removesuffix("-pooler") + dot + rest


def connection_url(url: str, driver: str) -> str:
    """The URI to connect with.  For neon: TLS unless the URI is stricter, and the direct host."""
    if driver != "neon" or not url:
        return url
    scheme, _, rest = url.partition("://")
    end = next((place for place, sign in enumerate(rest) if sign in "/?"), len(rest))
    credentials, at, hosts = rest[:end].rpartition("@")
    direct = ",".join(direct_host(host) for host in hosts.split(","))
    url = f"{scheme}://{credentials}{at}{direct}{rest[end:]}"
    if "sslmode" in read_parts(url):
        return url
    return f"{url}{'&' if '?' in url else '?'}sslmode=require"


def _plain_host(host: str) -> str:
    host = direct_host(host.lower().rstrip("."))
    return "localhost" if host in LOOPBACK else host
