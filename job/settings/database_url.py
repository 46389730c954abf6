"""Where LobeChat's database is: a libpq URI, read as libpq reads it, and what it leaves out from PGHOST and the like.

A password that is not percent-encoded cuts a URI in the wrong place, so that its tail becomes a host or the name of the
database, which logs and reports show.  Such a URI is refused by its form.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

Parts = Mapping[str, str]  # libpq's parameters by name (host, port, user, password, dbname, …), decoded

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
WITHOUT_TLS = {"disable", "allow", "prefer"}
DEFAULT_PORT = "5432"
HIGHEST_PORT = 65535
SHORTEST_PASSWORD = 6  # shorter ones would mask half of the log
EXAMPLE = "postgresql://user:password@host:5432/database"

# [user[:password]@][host[:port],…][/database][?parameters], none of whose signs stands raw where it means another thing
_HOST = r"(\[[^\]@/?#]*\]|[^@/?#:,\[\]]*)(:[^@/?#:,]*)?"
_FORM = re.compile(rf"([^@/]*@)?{_HOST}(,{_HOST})*(/[^@/:#?]*)?(\?[^@#]*)?")


def read_url(url: str) -> dict[str, str]:
    """The URI's parts, decoded.  Raises ValueError, without a piece of it: any could be one of the password."""
    scheme, _, rest = url.partition("://")
    if scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"give a libpq URI: {EXAMPLE}")
    if not _FORM.fullmatch(rest):
        raise ValueError(
            "a raw @, /, : or # splits the URI in the wrong place; percent-encode the password"
            " (@ is %40, / is %2F, : is %3A, # is %23), or leave it out and set PGPASSWORD"
        )
    try:
        return dict(parse_dsn(url))
    except psycopg2.ProgrammingError:  # its text can quote the password
        message = (
            "libpq cannot read it; percent-encode special characters in user and password, and use libpq's parameters"
        )
        raise ValueError(message) from None


def complete(parts: Parts, defaults: Mapping[str, str | None]) -> dict[str, str]:
    """The parts, and from `defaults` those that are left out; the port is always there.

    The empty `hostaddr` keeps libpq from taking PGHOSTADDR, which would lead to another host than is named.
    """
    given = {name: value for name, value in defaults.items() if value}
    if parts.get("hostaddr"):
        given.pop("host", None)
    return {"hostaddr": "", "port": DEFAULT_PORT} | given | {name: value for name, value in parts.items() if value}


def find_fault(parts: Parts) -> str:
    """What is wrong with the complete parts, or nothing."""
    if not host_names(parts):
        return f"name the host ({EXAMPLE}), or set PGHOST"
    if not parts.get("dbname"):
        return f"name the database ({EXAMPLE}), or set PGDATABASE"
    if not all(port == "" or _is_port(port) for port in parts["port"].split(",")):
        return f"the port must be a number from 1 to {HIGHEST_PORT}"
    return ""


def _is_port(text: str) -> bool:
    return text.isdecimal() and 1 <= int(text) <= HIGHEST_PORT


def passwords(parts: Parts) -> tuple[str, ...]:
    """The password as it is and percent-encoded, where it is no common word of the other parts."""
    password = parts.get("password", "")
    if len(password) < SHORTEST_PASSWORD or password in {parts.get("user"), parts.get("dbname"), parts.get("host")}:
        return ()
    return tuple({password, quote(password, safe="")})


def host_names(parts: Parts) -> list[str]:
    """Every host: names, addresses, or the folder of a Unix socket."""
    return [name for name in (parts.get("host") or parts.get("hostaddr", "")).split(",") if name]


def identity(parts: Parts) -> frozenset[tuple[str, str, str]]:
    """(host, port, database) of each host, so that two ways of writing one database are equal."""
    hosts = host_names(parts)
    ports = parts["port"].split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    return frozenset(
        (_plain_host(host), port or DEFAULT_PORT, parts["dbname"]) for host, port in zip(hosts, ports, strict=False)
    )


def place(parts: Parts, driver: str) -> str:
    """Host and database, the only parts that may be shown."""
    hosts = [direct_host(host) if driver == "neon" else host for host in host_names(parts)]
    return f"{','.join(hosts)}/{parts.get('dbname', '')}" if parts else ""


def direct_host(host: str) -> str:
    """Neon's direct host in place of the pooler's: `ep-x-pooler.region` is `ep-x.region`."""
    label, dot, rest = host.partition(".")
    return label.removesuffix("-pooler") + dot + rest


def connection_string(parts: Parts, driver: str) -> str:
    """The connection string (`host=… dbname=…`).  For neon: TLS unless the parts are stricter, and the direct host."""
    if not parts:
        return ""
    if driver == "neon":
        hosts = ",".join(direct_host(host) for host in parts.get("host", "").split(","))
        parts = {"sslmode": "require"} | dict(parts) | {"host": hosts}
    return str(make_dsn(**parts))


def _plain_host(host: str) -> str:
    host = direct_host(host.lower().rstrip("."))
    return "localhost" if host in LOOPBACK else host
